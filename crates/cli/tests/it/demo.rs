use crate::syndic::Place;

#[test]
fn the_demo_plays_its_hour() {
    let ended = Place::empty().run(&["demo", "--exit"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let filters = vec![
        (r"127\.0\.0\.1:\d+", "ADDRESS"),
        (r"(?m)^\d\d:\d\d  ", "TIME   "),
        (r"action id `[^`]*`", "action id"),
        // On a slow machine an hour that passes in a moment lets a request for approval end meanwhile.
        (r"\d+ records", "COUNT records"),
    ];
    insta::with_settings!({filters => filters}, { insta::assert_snapshot!(ended.stdout) });
}

#[test]
fn a_file_that_tells_an_agent_to_send_money_moves_none() {
    let ended = Place::empty().run(&["demo", "mcp"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ended.stdout);
}
