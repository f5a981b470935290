use proptest::prelude::{any, proptest};
use syndic_ledger::{
    Anomaly, AppendError, Ledger, Line, OutcomeMissing, PartName, Parts, Record, verify,
};

use super::{append, open, parts};

#[test]
fn a_line_is_leaf_tab_sealed_parts() {
    let (mut ledger, mut out) = (Ledger::default(), Vec::new());
    append(&mut ledger, "a", &[], &mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "{\"v\":1,\"i\":0,\"at\":\"2026-11-22T10:00:00Z\",\"record\":{\"outcome_missing\":{\"id\":\"a\"}}}\t\n"
    );
}

#[test]
fn what_became_unusual_is_written_so() {
    let raised = Record::Anomaly(Anomaly {
        agent: "customer-support".to_owned(),
        signal: "rate".to_owned(),
        status: "raised".to_owned(),
        score: 96,
        told: "41 `issue_refund` in 10 minutes, usual 2-6".to_owned(),
    });
    let text = r#"{"anomaly":{"agent":"customer-support","signal":"rate","status":"raised","score":96,"told":"41 `issue_refund` in 10 minutes, usual 2-6"}}"#;
    assert_eq!(serde_json::to_string(&raised).unwrap(), text);
    assert_eq!(serde_json::from_str::<Record>(text).unwrap(), raised);
    let over =
        r#"{"anomaly":{"agent":"customer-support","signal":"rate","status":"over","score":0}}"#;
    let read: Record = serde_json::from_str(over).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), over);
}

#[test]
fn what_ran_and_was_audited_is_written_so() {
    let text = r#"{"audited":{"id":"a","agent":"customer-support","agent_version":"1","action":"lookup_order","asked_by":"embedded","grade":"advisory","risk":"medium","status":"refused","allowed":false,"violations":[{"policy":"own-region","result":"blocked","severity":"high"}],"duration_ms":3,"revision":"0123456789ab"}}"#;
    let read: Record = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let acted = read.acted().unwrap();
    assert_eq!((acted.id, acted.effect, acted.allowed), ("a", "deny", false));
}

#[test]
fn a_leaf_that_is_too_long_changes_nothing() {
    let (mut ledger, mut out) = (Ledger::default(), Vec::new());
    let error =
        append(&mut ledger, &"x".repeat(65_536), &[(PartName::Args, "{}")], &mut out).unwrap_err();
    assert!(matches!(error, AppendError::TooLong(_)), "{error}");
    assert_eq!((ledger.size(), out.len()), (0, 0));
    assert_eq!(append(&mut ledger, "a", &[], &mut out).unwrap().index(), 0);
}

proptest! {
    #[test]
    fn what_is_encoded_decodes_to_the_same(id in any::<String>(), args in any::<String>(), result in any::<String>()) {
        let (mut ledger, mut out) = (Ledger::default(), Vec::new());
        let texts = [(PartName::Args, args.as_str()), (PartName::Result, result.as_str())];
        append(&mut ledger, &id, &texts, &mut out).unwrap();

        let line = Line::parse(&out).unwrap();
        let leaf = line.decode().unwrap();
        assert_eq!(leaf.record, Record::OutcomeMissing(OutcomeMissing { id }));
        assert_eq!(leaf.key, Some(7));
        let sealed = line.sealed().unwrap().unwrap();
        let opened = Parts::decode(&open(&sealed.nonce, &line.hash(), &sealed.ciphertext).unwrap()).unwrap();
        assert_eq!(opened, parts(&texts));
        assert!(opened.belong_to(&leaf));
        assert_eq!(verify([out.as_slice()], None).unwrap(), ledger.head());
    }

    #[test]
    fn parsing_is_total(bytes in any::<Vec<u8>>()) {
        if let Ok(line) = Line::parse(&bytes) {
            drop((line.decode(), line.sealed()));
        }
        drop(Parts::decode(&bytes));
        drop(verify([bytes.as_slice()], None));
    }
}
