//! The log as somebody reads it who does not trust it, with a library that is not ours.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;
use syndic_client::Client;
use syndic_ledger::{SignedCheckpoint, VerifierKey};
use syndic_testkit::{TestClock, TestServer};
use tlog_tiles::{Checkpoint, Hash, Tile, TileHashReader, TileReader};

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

async fn grow(server: &TestServer, key: &str, records: u64) {
    let search = json!({"agent": "customer-support", "action": "search_knowledge_base", "args": {"query": "q"}});
    for _ in 0..records {
        server.submit(key, search.clone()).await;
    }
}

/// Waits for the checkpoint that covers every record, believed for its signature alone.
async fn checkpoint(server: &TestServer, client: &Client) -> Checkpoint {
    let keys = client.log_keys().await.unwrap();
    let keys: Vec<VerifierKey> = keys.lines().map(|key| key.parse().unwrap()).collect();
    loop {
        let text = client.log_checkpoint().await.unwrap();
        let signed = SignedCheckpoint::parse(text.as_bytes()).unwrap();
        signed.verify(&keys, &[]).unwrap();
        if signed.checkpoint().head.size == server.gate.health().records {
            let (text, _) = text.split_once("\n\n").unwrap();
            return Checkpoint::from_bytes(format!("{text}\n").as_bytes()).unwrap();
        }
    }
}

/// Tiles as they were fetched.
struct Fetched(HashMap<String, Vec<u8>>);

impl Fetched {
    /// Fetches every tile of a tree that has grown to `size`.
    async fn of(client: &Client, size: u64) -> Self {
        let mut tiles = HashMap::new();
        for tile in Tile::new_tiles(8, 0, size) {
            let path = tile.path();
            let bytes = client.log_tile(path.strip_prefix("tile/8/").unwrap()).await.unwrap();
            tiles.insert(path, bytes);
        }
        Self(tiles)
    }
}

impl TileReader for Fetched {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let find = |tile: &Tile| self.0.get(&tile.path()).cloned();
        tiles.iter().map(|tile| find(tile).ok_or(tlog_tiles::Error::InvalidTile)).collect()
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

/// Reads every leaf of a log out of its bundles.
async fn leaves(client: &Client, size: u64) -> Vec<Vec<u8>> {
    let mut leaves = Vec::new();
    for n in 0..size.div_ceil(256) {
        let width = (size - n * 256).min(256);
        let suffix = if width == 256 { String::new() } else { format!(".p/{width}") };
        let bundle = client.log_tile(&format!("entries/{n:03}{suffix}")).await.unwrap();
        let mut rest = bundle.as_slice();
        while let [high, low, after @ ..] = rest {
            let (leaf, after) = after.split_at(usize::from(u16::from_be_bytes([*high, *low])));
            leaves.push(leaf.to_vec());
            rest = after;
        }
    }
    leaves
}

#[tokio::test]
async fn another_library_finds_every_record_and_that_the_log_only_grew() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let client = Client::tcp(&format!("http://{}", server.address), Some(server.admin.clone()));
    let client = client.unwrap();
    grow(&server, &key, 9).await;
    let earlier = checkpoint(&server, &client).await;
    grow(&server, &key, 260).await;
    let newest = checkpoint(&server, &client).await;
    let (size, root) = (newest.size(), *newest.hash());

    let fetched = Fetched::of(&client, size).await;
    let reader = TileHashReader::new(size, root, &fetched);
    let leaves = leaves(&client, size).await;
    assert_eq!(leaves.len() as u64, size);
    for (index, leaf) in (0..).zip(&leaves) {
        assert!(leaf.starts_with(format!("{{\"v\":1,\"i\":{index},").as_bytes()));
        let proof = tlog_tiles::prove_record(size, index, &reader).unwrap();
        let hash: Hash = tlog_tiles::record_hash(leaf);
        tlog_tiles::check_record(&proof, size, root, index, hash).unwrap();
    }
    let proof = tlog_tiles::prove_tree(size, earlier.size(), &reader).unwrap();
    tlog_tiles::check_tree(&proof, size, root, earlier.size(), *earlier.hash()).unwrap();
}

/// Waits for the first checkpoint of a log with records.
async fn signed(server: &TestServer) {
    loop {
        let text = server.send("GET", "/log/checkpoint", &server.admin, "").await.text;
        let signed = SignedCheckpoint::parse(text.as_bytes()).unwrap();
        if signed.checkpoint().head.size > 0 {
            return;
        }
    }
}

#[tokio::test]
async fn a_key_opens_the_log_unless_it_is_public_and_its_keys_are_for_anybody() {
    let server = TestServer::start(clock()).await;
    let agent = server.agent_key("customer-support").await;
    let auditor = server.key(json!({"role": "auditor"})).await;
    signed(&server).await;
    for path in ["/log/checkpoint", "/log/tile/0/000.p/1", "/log/tile/entries/000.p/1"] {
        for (key, status) in
            [("", 401), (agent.as_str(), 403), (auditor.as_str(), 200), (&server.admin, 200)]
        {
            assert_eq!(server.send("GET", path, key, "").await.status, status, "{path} {key}");
        }
    }
    let keys = server.send("GET", "/log/vkey", "", "").await;
    assert_eq!(keys.status, 200);
    keys.text.lines().next().unwrap().parse::<VerifierKey>().unwrap();

    let public = TestServer::start_with(clock(), |dir| {
        let path = dir.join("syndic.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{text}\naudit:\n  public: true\n")).unwrap();
    });
    let public = public.await;
    signed(&public).await;
    for (path, kind, cache) in [
        ("/log/checkpoint", "text/plain; charset=utf-8", "no-cache"),
        ("/log/tile/0/000.p/1", "application/octet-stream", "public, max-age=31536000, immutable"),
        (
            "/log/tile/entries/000.p/1",
            "application/octet-stream",
            "public, max-age=31536000, immutable",
        ),
    ] {
        let answer = public.send("GET", path, "", "").await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert!(answer.head.contains(&format!("content-type: {kind}")), "{path}: {}", answer.head);
        assert!(
            answer.head.contains(&format!("cache-control: {cache}")),
            "{path}: {}",
            answer.head
        );
    }
    assert_eq!(public.send("GET", "/v1/audit/events", "", "").await.status, 401, "nothing else");
}

#[tokio::test]
async fn what_is_no_tile_of_the_log_is_not_found() {
    let server = TestServer::start(clock()).await;
    signed(&server).await;
    for path in [
        "/log/tile/0/000",
        "/log/tile/0/000.p/255",
        "/log/tile/1/000.p/1",
        "/log/tile/0/001.p/1",
        "/log/tile/63/000.p/1",
        "/log/tile/0/x999/x999/x999/x999/x999/999.p/1",
        "/log/tile/entries/000",
        "/log/tile/0/0",
        "/log/tile/00/000.p/1",
        "/log/tile/0/000.p/0",
        "/log/tile/0/000.p/01",
        "/log/tile/0/../../keys/log.key",
        "/log/tile/0/%2e%2e",
        "/log/tile/x",
        "/log/tile/",
        "/log/keys",
    ] {
        let answer = server.send("GET", path, &server.admin, "").await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.head.contains("application/problem+json"), "{path}: {}", answer.head);
    }
    assert_eq!(server.send("POST", "/log/checkpoint", &server.admin, "").await.status, 405);
}
