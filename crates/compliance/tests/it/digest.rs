//! What is signed of a report.

use serde_json::json;

use crate::sample::{report, small};

#[test]
fn a_signature_is_no_part_of_what_is_signed() {
    let mut value = small();
    let before = report(value.clone());
    value["signature"] = json!("a note");
    let signed = report(value.clone());
    assert_eq!(signed.signed_form(), before.signed_form());
    assert_eq!(signed.digest().unwrap().len(), 64);

    value["headline"] = json!("7/7: 7 measured, 0 attested");
    assert_ne!(report(value).digest(), before.digest());
}

#[test]
fn a_report_read_again_has_the_same_form() {
    let before = report(small());
    let form = before.signed_form().unwrap();
    let again = serde_json::from_str::<syndic_compliance::Report>(&form).unwrap();
    assert_eq!((again.signed_form().unwrap(), again), (form, before));
}
