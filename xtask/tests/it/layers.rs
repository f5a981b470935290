//! Who may depend on whom, read from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Every crate, its level, and the workspace crates it may depend on.
const LAYERS: &[(&str, u8, &[&str])] = &[
    ("model", 0, &[]),
    ("detect", 1, &[]),
    ("policy", 1, &["model"]),
    ("ledger", 1, &["model"]),
    ("approval", 1, &["model"]),
    ("anomaly", 1, &["model"]),
    ("api", 1, &["model"]),
    ("governance", 2, &["model", "detect", "policy"]),
    ("prove", 2, &["model", "policy"]),
    ("store", 2, &["model", "ledger"]),
    ("compliance", 2, &["model", "ledger"]),
    ("verify", 2, &["ledger"]),
    ("client", 2, &["api"]),
    (
        "gate",
        3,
        &[
            "model",
            "anomaly",
            "detect",
            "policy",
            "approval",
            "ledger",
            "compliance",
            "store",
            "governance",
        ],
    ),
    ("relay", 3, &["model", "api", "detect", "ledger", "store", "governance"]),
    ("server", 4, &["model", "api", "gate", "relay"]),
    ("witness", 4, &["ledger"]),
    ("mcp", 4, &["model", "api", "client", "gate"]),
    (
        "cli",
        5,
        &[
            "model",
            "api",
            "client",
            "detect",
            "policy",
            "prove",
            "governance",
            "ledger",
            "compliance",
            "gate",
            "mcp",
            "relay",
            "server",
            "store",
            "verify",
            "witness",
        ],
    ),
    ("macros", 4, &[]),
    ("syndic", 5, &["model", "macros", "policy", "governance", "gate", "relay"]),
    (
        "testkit",
        6,
        &["model", "api", "client", "policy", "governance", "ledger", "store", "gate", "server"],
    ),
];

/// Heavy crates, and the ones that may name them.
const USERS: &[(&str, &[&str])] = &[
    ("cedar-policy", &["policy", "prove"]),
    ("cedar-policy-symcc", &["prove"]),
    ("jsonschema", &["policy"]),
    ("rusqlite", &["store"]),
    ("aes-gcm", &["store"]),
    ("aes-gcm-siv", &["detect"]),
    ("zstd", &["store", "verify"]),
    // People write the catalogue of frameworks as they write a governance directory.
    ("schemars", &["governance", "compliance"]),
    // The shipped alerts are YAML too, and `syndic alerts print --json` is not.
    ("serde-saphyr", &["governance", "compliance", "cli"]),
    // The proxy streams what a server says, and the typed client does not.
    ("reqwest", &["client", "relay", "mcp"]),
    ("lettre", &["relay"]),
    ("object_store", &["relay"]),
    ("aws-sigv4", &["relay"]),
    ("aws-credential-types", &["relay"]),
    ("parquet", &["cli"]),
    ("ed25519-dalek", &["gate", "ledger"]),
    ("prometheus-client", &["gate", "server"]),
    ("postcard", &["gate"]),
    // The proxy listens for MCP clients, and tests for whatever asks.
    ("axum", &["server", "mcp", "witness", "testkit"]),
    ("maud", &["server", "compliance"]),
    ("utoipa", &["api", "server"]),
    ("tokio-rustls", &["server", "testkit"]),
    ("clap", &["cli", "verify"]),
    ("annotate-snippets", &["cli"]),
    ("tracing-subscriber", &["cli"]),
    ("anyhow", &["cli", "verify", "xtask"]),
    ("signed_note", &["ledger"]),
    ("tlog_tiles", &["ledger"]),
];

/// Crates that must not be in the tree at all, and why.
const BANNED: &[(&str, &str)] = &[
    ("aws-lc-rs", "ring is the one TLS provider"),
    ("openssl-sys", "rustls is the one TLS implementation"),
    ("native-tls", "rustls is the one TLS implementation"),
];

/// Licences that may be in the tree.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[test]
fn a_crate_depends_only_on_the_crates_its_layer_allows() {
    let workspace = Workspace::read();
    for (name, dependencies) in &workspace.normal {
        if name == "xtask" {
            continue;
        }
        let Some((_, _, allowed)) = LAYERS.iter().find(|(layer, ..)| layer == name) else {
            panic!("`{name}` has no row in LAYERS");
        };
        for dependency in dependencies.iter().filter(|name| workspace.normal.contains_key(*name)) {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{name} must not depend on {dependency}"
            );
        }
    }
}

#[test]
fn an_allowed_dependency_points_down() {
    let levels: BTreeMap<_, _> = LAYERS.iter().map(|(name, level, _)| (*name, *level)).collect();
    for (name, level, allowed) in LAYERS {
        for below in *allowed {
            assert!(levels[below] < *level, "{below} does not lie below {name}");
        }
    }
}

#[test]
fn a_heavy_crate_has_one_user() {
    let workspace = Workspace::read();
    for (heavy, users) in USERS {
        for (name, dependencies) in &workspace.normal {
            let named = dependencies.contains(*heavy);
            assert!(!named || users.contains(&name.as_str()), "{name} must not name {heavy}");
        }
    }
}

#[test]
fn no_banned_crate_is_in_the_tree() {
    let workspace = Workspace::read();
    for (banned, reason) in BANNED {
        assert!(!workspace.licences.contains_key(*banned), "{banned} is in the tree: {reason}");
    }
}

#[test]
fn every_licence_is_known() {
    for (name, licence) in Workspace::read().licences {
        assert!(is_allowed(&licence), "{name} has the licence `{licence}`");
    }
}

/// Reads an SPDX expression without nesting deeper than one pair of parentheses: one alternative must be allowed.
fn is_allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" AND ").all(|part| part.split(" OR ").any(|one| LICENCES.contains(&one.trim())))
}

/// What `cargo metadata` says, with `syndic-` taken off the workspace's own names.
struct Workspace {
    /// The dependencies each member ships with, by the name of the package.
    normal: BTreeMap<String, BTreeSet<String>>,
    /// The licence of every package that is built on this host.
    licences: BTreeMap<String, String>,
}

impl Workspace {
    fn read() -> Self {
        let metadata = metadata();
        let members: BTreeSet<_> = strings(&metadata["workspace_members"]).collect();
        let resolved: BTreeSet<_> =
            array(&metadata["resolve"]["nodes"]).iter().map(|node| text(&node["id"])).collect();
        let mut workspace = Self { normal: BTreeMap::new(), licences: BTreeMap::new() };
        for package in array(&metadata["packages"]) {
            let (id, name) = (text(&package["id"]), short(text(&package["name"])));
            if resolved.contains(id) {
                let licence = package["license"].as_str().unwrap_or("none").to_owned();
                workspace.licences.insert(name.clone(), licence);
            }
            if members.contains(id) {
                let normal =
                    array(&package["dependencies"]).iter().filter(|one| one["kind"].is_null());
                let names = normal.map(|one| short(text(&one["name"]))).collect();
                workspace.normal.insert(name, names);
            }
        }
        workspace
    }
}

fn metadata() -> Value {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1"]);
    command.args(["--filter-platform", "x86_64-unknown-linux-gnu"]);
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn short(name: &str) -> String {
    name.strip_prefix("syndic-").unwrap_or(name).to_owned()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    array(value).iter().map(text)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
