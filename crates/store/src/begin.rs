//! Beginning: what was recovered is brought together, and handed to who works over it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::mpsc::{self, Receiver};

use hmac::{Hmac, KeyInit as _};
use parking_lot::Mutex;
use sha2::Sha256;
use syndic_ledger::{Ledger, Tree};
use syndic_model::Clock;
use tokio::sync::Semaphore;

use crate::bell::Bell;
use crate::cipher::Random;
use crate::directory::Layout;
use crate::index::{Index, Texts};
use crate::keys::{Keys, secret};
use crate::master::MasterKey;
use crate::open::Taken;
use crate::positions::{Positions, Segment};
use crate::progress::Progress;
use crate::prune::finish;
use crate::publish::{Checkpoints, Growth, Publisher};
use crate::raw;
use crate::recover::Recovered;
use crate::seal::Sealer;
use crate::segment::Disk;
use crate::sequencer::{ActiveSegment, Batch, Message, Sequencer, Shared};
use crate::shelf::Shelf;
use crate::threads::Threads;
use crate::tiles::{TileFiles, TileWriter};
use crate::tokens::Tokens;
use crate::{Durability, OpenError, Options, Store};

impl Store {
    /// Starts the writer and everybody who follows it over what was recovered.
    pub(crate) fn begin(
        disk: Box<dyn Disk>,
        taken: Taken,
        recovered: Recovered,
        options: Options,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let Taken { lock, layout, mut random, log_keys, stored, index } = taken;
        let (tree, redactions) = (recovered.tree.clone(), recovered.gathered.redactions.clone());
        let secrets = Secrets::open(&layout, options.master_key, &recovered, &mut random)?;
        let shelved = Shelved::of(&*disk, &layout, recovered, index)?;
        let Shelved { segment, positions, shelf, tile_writer, tiles, index } = shelved;

        let (shared, messages) =
            share(options.queue, options.durability == Durability::Buffered, tree.size());
        let indexed = Arc::new(Progress::new(index.through()));
        let checkpoints = Arc::new(Checkpoints::new(layout.clone(), stored, log_keys));
        let publisher = Publisher {
            shared: shared.clone(),
            checkpoints: checkpoints.clone(),
            tiles: tile_writer,
            tree: tree.clone(),
            clock: clock.clone(),
        };
        publisher.begin()?;
        let sequencer = Arc::new(Mutex::new(Sequencer {
            shared: shared.clone(),
            queue: Some(messages),
            layout,
            disk,
            durability: options.durability,
            segment_bytes: options.segment_bytes.max(1),
            ledger: Ledger::resume(tree, options.durability == Durability::Buffered),
            sealer: Sealer::new(secrets.keys.clone(), clock.clone()),
            positions: positions.clone(),
            segment,
            batch: Batch::default(),
            unsettled: None,
        }));
        let mut store = Self {
            shared,
            sequencer,
            positions,
            shelf,
            checkpoints,
            tiles,
            texts: Texts { keys: secrets.keys.clone(), tokens: Tokens::new(&secrets.pseudonyms) },
            keys: secrets.keys,
            readers: index.readers(),
            index: Arc::new(Mutex::new(index)),
            indexed,
            pseudonyms: secrets.pseudonyms,
            clock,
            queue: options.queue,
            threads: None,
            _lock: lock,
        };
        store.threads = Some(Threads::start(&store, publisher, options.compress)?);
        store.finish_erasing(&redactions)?;
        Ok(store)
    }
}

/// What parts are sealed and names hidden with.
struct Secrets {
    keys: Arc<Keys>,
    pseudonyms: Hmac<Sha256>,
}

impl Secrets {
    fn open(
        layout: &Layout,
        master_key: MasterKey,
        recovered: &Recovered,
        random: &mut Random,
    ) -> Result<Self, OpenError> {
        let is_new = recovered.tree.size() == 0;
        let master = master_key.find(layout, is_new, random)?;
        let pseudonyms = secret(&layout.secret("pseudonyms"), is_new, random)?;
        let pseudonyms = Hmac::new_from_slice(&pseudonyms.0).map_err(io::Error::other)?;
        let keys = Arc::new(Keys::open(layout, master, recovered.gathered.first_free_key, random)?);
        Ok(Self { keys, pseudonyms })
    }
}

/// The segments and what is derived of them, brought up to what was recovered.
struct Shelved {
    segment: ActiveSegment,
    positions: Arc<Positions>,
    shelf: Arc<Shelf>,
    tile_writer: TileWriter,
    tiles: TileFiles,
    index: Index,
}

impl Shelved {
    fn of(
        disk: &dyn Disk,
        layout: &Layout,
        recovered: Recovered,
        mut index: Index,
    ) -> Result<Self, OpenError> {
        let Recovered { tree, mut segments, earlier, carried, gathered } = recovered;
        let segment = continue_segment(disk, layout, &mut segments)?;
        let positions = Arc::new(Positions::new(layout.clone(), segments, carried));
        let tile_writer =
            catch_up(TileWriter::open(layout, tree.size(), positions.first())?, &tree, &positions)?;
        let tiles = TileFiles::open(layout)?;
        let shelf = Arc::new(Shelf::new(layout.clone(), positions.clone()));
        if gathered.kept > positions.first() {
            tiles.sync()?;
            finish(&shelf, &positions, gathered.kept)?;
        }
        index.continue_from(earlier, tiles.tree_at(positions.first())?)?;
        Ok(Self { segment, positions, shelf, tile_writer, tiles, index })
    }
}

fn share(queue: usize, is_buffered: bool, durable: u64) -> (Arc<Shared>, Receiver<Message>) {
    let queue_of = |slots: usize| Arc::new(Semaphore::new(slots.min(Semaphore::MAX_PERMITS)));
    let (slots, shares) = (queue_of(queue), queue_of(queue.div_ceil(2)));
    let (queue, messages) = mpsc::channel();
    let shared = Shared {
        slots,
        shares,
        is_buffered,
        queue,
        bell: Bell::default(),
        is_open: AtomicBool::new(true),
        durable: Progress::new(durable),
        growth: Growth::default(),
        syncs: AtomicU64::new(0),
        batches: AtomicU64::new(0),
        scrubbed: AtomicU64::new(0),
        contradicted: AtomicU64::new(u64::MAX),
    };
    (Arc::new(shared), messages)
}

/// Opens the last segment to append to it, or the first. What recovery read may never have been synced, and is from
/// now on called durable.
fn continue_segment(
    disk: &dyn Disk,
    layout: &Layout,
    segments: &mut Vec<Segment>,
) -> io::Result<ActiveSegment> {
    if segments.is_empty() {
        segments.push(Segment::new(0));
    }
    let (first, bytes) = segments.last().map_or((0, 0), |last| (last.first, last.bytes));
    let mut file = disk.append_to(&layout.segment(first))?;
    file.sync_data()?;
    Ok(ActiveSegment { file, first, bytes })
}

/// Brings the tiles up to the ledger. Where they are of another one they are made again from its first record.
fn catch_up(
    mut tiles: TileWriter,
    tree: &Tree,
    positions: &Positions,
) -> Result<TileWriter, OpenError> {
    extend(&mut tiles, tree.size(), positions)?;
    if tiles.tree() != *tree {
        tracing::warn!("the tiles are of another ledger and are made again");
        tiles.cut(positions.first())?;
        extend(&mut tiles, tree.size(), positions)?;
    }
    if tiles.tree() != *tree {
        return Err(OpenError::Changed(tree.size()));
    }
    Ok(tiles)
}

fn extend(tiles: &mut TileWriter, size: u64, positions: &Positions) -> Result<(), OpenError> {
    raw::lines(positions, tiles.size(), size, |line| tiles.append(line.hash()))?;
    Ok(tiles.write()?)
}
