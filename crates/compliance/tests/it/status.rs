use syndic_compliance::Status;

#[test]
fn every_status_has_the_word_of_the_vocabulary() {
    let words: Vec<_> = Status::ALL.iter().map(|status| status.as_str()).collect();
    assert_eq!(
        words.join(" "),
        "satisfied_measured satisfied_attested partial not_satisfied unknown stale not_applicable \
         not_yet_applicable"
    );
}
