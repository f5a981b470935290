//! What is written can be read, and nothing else can.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod damage;
mod proof;
mod proof_file;
mod roundtrip;
mod witness;

use std::collections::BTreeMap;

use syndic_ledger::{
    AppendError, Blinded, Content, Ledger, OutcomeMissing, PartName, Parts, Receipt, Record,
};

/// Seals so that a change of key, nonce, leaf or text shows, which is all these tests need.
fn seal(
    nonce: &[u8; 12],
    leaf: &[u8; 32],
    text: &mut Vec<u8>,
) -> Result<(), syndic_ledger::SealError> {
    text.extend(syndic_ledger::leaf_hash(&[nonce.as_slice(), leaf, text].concat()));
    Ok(())
}

fn open(nonce: &[u8; 12], leaf: &[u8; 32], sealed: &[u8]) -> Option<Vec<u8>> {
    let (text, tag) = sealed.split_last_chunk::<32>()?;
    (syndic_ledger::leaf_hash(&[nonce.as_slice(), leaf, text].concat()) == *tag)
        .then(|| text.to_vec())
}

fn parts(texts: &[(PartName, &str)]) -> Parts {
    let blinded = |(i, (name, text)): (usize, &(PartName, &str))| {
        (*name, Blinded { nonce: [u8::try_from(i).unwrap(); 16], text: (*text).to_owned() })
    };
    Parts(texts.iter().enumerate().map(blinded).collect::<BTreeMap<_, _>>())
}

fn append(
    ledger: &mut Ledger,
    id: &str,
    texts: &[(PartName, &str)],
    out: &mut Vec<u8>,
) -> Result<Receipt, AppendError> {
    let parts = parts(texts);
    let content = Content { key: 7, parts: &parts, nonce: [9; 12], seal: &seal };
    let record = Record::OutcomeMissing(OutcomeMissing { id: id.to_owned() });
    ledger.append(
        "2026-11-22T10:00:00Z".parse().unwrap(),
        record,
        (!texts.is_empty()).then_some(&content),
        out,
    )
}
