//! A log that grows, and one that rewrites its past.

use std::collections::BTreeMap;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use syndic_ledger::{AddCheckpoint, Checkpoint, Head, KeyKind, NoteKey, VerifierKey};

pub(crate) const ORIGIN: &str = "example.org/log";

pub(crate) struct Log {
    pub(crate) key: NoteKey,
    tree: MemoryBackedTree<sha2::Sha256, Vec<u8>>,
}

impl Log {
    pub(crate) fn new() -> Self {
        let key = NoteKey::new(ORIGIN, KeyKind::Log, &[1; 32]).unwrap();
        Self { key, tree: MemoryBackedTree::new() }
    }

    pub(crate) fn of(leaves: &[&str]) -> Self {
        let mut log = Self::new();
        log.grow(leaves);
        log
    }

    pub(crate) fn grow(&mut self, leaves: &[&str]) {
        for leaf in leaves {
            self.tree.push(leaf.as_bytes().to_vec());
        }
    }

    pub(crate) fn known(&self) -> BTreeMap<String, Vec<VerifierKey>> {
        BTreeMap::from([(ORIGIN.to_owned(), vec![self.key.verifier().clone()])])
    }

    /// The request for the newest checkpoint, from `old_size` on.
    pub(crate) fn request(&self, old_size: u64) -> String {
        let head = Head { size: self.tree.len(), root: (*self.tree.root().as_bytes()).into() };
        let added = usize::try_from(head.size - old_size).unwrap();
        let proof = if old_size == 0 || added == 0 {
            Vec::new()
        } else {
            let proof = self.tree.prove_consistency(added);
            proof.as_bytes().chunks(32).map(|hash| hash.try_into().unwrap()).collect()
        };
        let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), head };
        let checkpoint = checkpoint.sign(std::slice::from_ref(&self.key)).unwrap();
        AddCheckpoint { old_size, proof, checkpoint }.to_string()
    }
}
