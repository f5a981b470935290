//! Break-glass: two people, a bounded time, and a review that stays open.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use syndic_approval::{BreakGlass, BreakGlasses, Wish};
use syndic_model::{Approvers, BreakGlassId, BreakGlassStatus, Channel, Person, PersonId};

/// `second-twin` reads the mail of `second`.
fn approvers() -> Approvers {
    let person = |id: &str, mail: &str| Person {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        identities: BTreeSet::new(),
        channels: vec![Channel::Email(mail.to_owned())],
    };
    let people = [
        person("first", "first@example.com"),
        person("second", "second@example.com"),
        person("second-twin", "Second@example.com"),
        person("third", "third@example.com"),
    ];
    let people = people.into_iter().map(|person| (person.id.clone(), person)).collect();
    Approvers { people, groups: BTreeMap::new() }
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + 60 * minute).unwrap()
}

fn id(number: u64) -> BreakGlassId {
    format!("0198c0de-0000-7000-8000-{number:012x}").parse().unwrap()
}

fn wish(reason: &str, minutes: i64) -> Wish {
    let length = SignedDuration::from_mins(minutes);
    Wish { agent: "clerk".parse().unwrap(), reason: reason.to_owned(), length }
}

fn who(person: &str) -> PersonId {
    person.parse().unwrap()
}

fn asked() -> BreakGlass {
    BreakGlass::ask(id(1), wish("the mill burns", 15), &who("first"), &approvers(), at(0)).unwrap()
}

fn opened() -> BreakGlass {
    let mut one = asked();
    one.opening = Some(one.open(&who("second"), &approvers(), at(10)).unwrap());
    one
}

#[test]
fn it_takes_a_known_person_a_reason_and_a_bounded_time_to_ask() {
    let long = "x".repeat(501);
    for (person, reason, minutes, expected) in [
        ("first", "the mill burns", 1, "asked"),
        ("first", " the\nmill burns ", 240, "asked"),
        ("stranger", "the mill burns", 15, "`stranger` is in no file of `approvers/`"),
        ("first", " \t ", 15, "a reason of 1 to 500 characters is needed; it is recorded"),
        ("first", &long, 15, "a reason of 1 to 500 characters is needed; it is recorded"),
        ("first", "r", 0, "a break-glass is open for 1 minute to 4 hours"),
        ("first", "r", -5, "a break-glass is open for 1 minute to 4 hours"),
        ("first", "r", 241, "a break-glass is open for 1 minute to 4 hours"),
    ] {
        let found =
            BreakGlass::ask(id(1), wish(reason, minutes), &who(person), &approvers(), at(0));
        let told = match found {
            Ok(one) => {
                assert_eq!(one.wish.reason, "the mill burns");
                one.status(at(0)).to_string()
            }
            Err(refused) => refused.to_string(),
        };
        assert_eq!(told, expected);
    }
}

#[test]
fn a_second_person_opens_it_and_nobody_else() {
    let own = "asked for it; somebody else opens it";
    for (person, minute, expected) in [
        ("second", 0, "open"),
        ("second", 14, "open"),
        ("second", 15, "it has timed out already; ask anew where it is still needed"),
        ("first", 0, &format!("`first` {own}")),
        ("stranger", 0, "`stranger` is in no file of `approvers/`"),
    ] {
        let told = match asked().open(&who(person), &approvers(), at(minute)) {
            Ok(opening) => {
                assert_eq!(opening.until, at(minute + 15));
                "open".to_owned()
            }
            Err(refused) => refused.to_string(),
        };
        assert_eq!(told, expected, "{person} {minute}");
    }
    let again = opened().open(&who("third"), &approvers(), at(11)).unwrap_err();
    assert_eq!(again.to_string(), "it is open already; ask anew where it is still needed");
    let twin = BreakGlass::ask(id(1), wish("r", 15), &who("second"), &approvers(), at(0)).unwrap();
    let refused = twin.open(&who("second-twin"), &approvers(), at(1)).unwrap_err();
    assert_eq!(refused.to_string(), format!("`second-twin` {own}"), "one mailbox, one person");
}

#[test]
fn it_ends_by_time_and_then_waits_for_its_review_for_ever() {
    use BreakGlassStatus::{Asked, Open, Review, Reviewed, Timeout};
    let mut one = opened();
    assert_eq!([at(0), at(24), at(25)].map(|now| one.status(now)), [Open, Open, Review]);
    assert_eq!(one.status(at(10_000_000)), Review);
    one.signature =
        Some(one.review(&who("third"), "as it had to be", &approvers(), at(30)).unwrap());
    assert_eq!([at(24), at(31)].map(|now| one.status(now)), [Reviewed, Reviewed]);
    let unopened = asked();
    assert_eq!([at(14), at(15)].map(|now| unopened.status(now)), [Asked, Timeout]);
}

#[test]
fn the_reviewer_is_neither_of_the_two() {
    let involved = "asked for it or opened it; somebody else reviews it";
    for (person, note, minute, expected) in [
        ("third", "fine", 25, ""),
        ("third", "fine", 24, "it is open; it is reviewed once it has ended"),
        ("third", " ", 25, "a note of 1 to 500 characters is needed; it is recorded"),
        ("first", "fine", 25, &format!("`first` {involved}")),
        ("second", "fine", 25, &format!("`second` {involved}")),
        ("second-twin", "fine", 25, &format!("`second-twin` {involved}")),
        ("stranger", "fine", 25, "`stranger` is in no file of `approvers/`"),
    ] {
        let found = opened().review(&who(person), note, &approvers(), at(minute));
        let told = found.map_or_else(|refused| refused.to_string(), |_| String::new());
        assert_eq!(told, expected, "{person} {minute}");
    }
    let unopened = asked().review(&who("third"), "fine", &approvers(), at(20)).unwrap_err();
    assert_eq!(unopened.to_string(), "it is timeout; nothing was done under it");
    let mut signed = opened();
    signed.signature = Some(signed.review(&who("third"), "a", &approvers(), at(30)).unwrap());
    let again = signed.review(&who("third"), "b", &approvers(), at(31)).unwrap_err();
    assert_eq!(again.to_string(), "it is reviewed; it is signed once");
}

#[test]
fn one_lives_per_agent_and_reviews_pile_up_no_further() {
    let mut all = BreakGlasses::default();
    let clerk = "clerk".parse().unwrap();
    for number in 0..5 {
        let minute = i64::try_from(number).unwrap() * 100;
        all.room(&clerk, at(minute)).unwrap();
        let wish = wish("r", 15);
        let one =
            BreakGlass::ask(id(number), wish, &who("first"), &approvers(), at(minute)).unwrap();
        all.keep(one.clone(), at(minute));
        assert!(all.room(&clerk, at(minute)).is_err(), "one is asked for");
        all.opened(one.id, one.open(&who("second"), &approvers(), at(minute)).unwrap());
        assert!(all.room(&clerk, at(minute)).is_err(), "one is open");
        assert_eq!(all.open_for(&clerk, at(minute)).map(|open| open.id), Some(one.id));
        assert!(all.open_for(&"other".parse().unwrap(), at(minute)).is_none());
    }
    let refused = all.room(&clerk, at(1_000)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "5 break-glasses of this agent wait for their review; sign them first: `syndic break-glass list`"
    );
    assert!(all.room(&"other".parse().unwrap(), at(1_000)).is_ok());
    let first = all.get(id(0)).unwrap();
    let signature = first.review(&who("third"), "fine", &approvers(), at(1_000)).unwrap();
    all.reviewed(id(0), signature);
    assert!(all.room(&clerk, at(1_000)).is_ok());
}

#[test]
fn those_that_are_over_are_forgotten_in_their_order_and_no_others() {
    let mut all = BreakGlasses::default();
    all.keep(opened(), at(1));
    for number in 2..300 {
        let minute = i64::try_from(number).unwrap() * 20;
        let one =
            BreakGlass::ask(id(number), wish("r", 15), &who("first"), &approvers(), at(minute));
        all.keep(one.unwrap(), at(minute));
    }
    let left: Vec<_> = all.iter().map(|one| one.id).collect();
    assert_eq!((left.len(), left.first(), left.last()), (102, Some(&id(1)), Some(&id(299))));
}

/// What people try, and how many minutes later.
#[derive(Debug, Clone)]
enum Try {
    Ask { agent: &'static str, person: &'static str, minutes: i64 },
    Open { nth: usize, person: &'static str },
    Review { nth: usize, person: &'static str },
}

fn tries() -> impl Strategy<Value = Vec<(i64, Try)>> {
    let person =
        || prop::sample::select(vec!["first", "second", "second-twin", "third", "stranger"]);
    let agent = prop::sample::select(vec!["clerk", "porter"]);
    let one = prop_oneof![
        (agent, person(), -10_i64..300).prop_map(|(agent, person, minutes)| Try::Ask {
            agent,
            person,
            minutes
        }),
        (0_usize..4, person()).prop_map(|(nth, person)| Try::Open { nth, person }),
        (0_usize..4, person()).prop_map(|(nth, person)| Try::Review { nth, person }),
    ];
    prop::collection::vec((0_i64..40, one), 1..60)
}

proptest! {
    #[test]
    fn whatever_people_try_two_open_it_and_a_third_signs(tries in tries()) {
        let (approvers, mut drawn) = (approvers(), 0);
        let mut all = BreakGlasses::default();
        let mut minute = 0;
        for (later, one) in tries {
            minute += later;
            let now = at(minute);
            drawn += 1;
            let nth = |all: &BreakGlasses, nth: usize| all.iter().rev().nth(nth).cloned();
            match one {
                Try::Ask { agent, person, minutes } => {
                    let wish = Wish { agent: agent.parse().unwrap(), ..wish("r", minutes) };
                    if all.room(&wish.agent, now).is_ok()
                        && let Ok(one) = BreakGlass::ask(
                            id(drawn), wish, &who(person), &approvers, now,
                        )
                    {
                        all.keep(one, now);
                    }
                }
                Try::Open { nth: which, person } => {
                    if let Some(one) = nth(&all, which)
                        && let Ok(opening) = one.open(&who(person), &approvers, now)
                    {
                        prop_assert!(opening.until.duration_since(now) <= SignedDuration::from_hours(4));
                        all.opened(one.id, opening);
                    }
                }
                Try::Review { nth: which, person } => {
                    if let Some(one) = nth(&all, which)
                        && let Ok(signature) = one.review(&who(person), "n", &approvers, now)
                    {
                        prop_assert_eq!(one.status(now), BreakGlassStatus::Review);
                        all.reviewed(one.id, signature);
                    }
                }
            }
            let twin = |person: &PersonId| person.as_str().trim_end_matches("-twin").to_owned();
            for agent in ["clerk", "porter"] {
                let open = |one: &&BreakGlass| {
                    one.wish.agent.as_str() == agent && one.status(now) == BreakGlassStatus::Open
                };
                prop_assert!(all.iter().filter(open).count() <= 1);
                let found = all.open_for(&agent.parse().unwrap(), now).map(|one| one.id);
                prop_assert_eq!(found, all.iter().find(open).map(|one| one.id));
            }
            for one in all.iter() {
                let mut people = vec![twin(&one.asked_by)];
                people.extend(one.opening.iter().map(|opening| twin(&opening.person)));
                people.extend(one.signature.iter().map(|signature| twin(&signature.person)));
                let different: BTreeSet<_> = people.iter().collect();
                prop_assert_eq!(different.len(), people.len(), "{:?}", one);
                prop_assert!(!different.contains(&"stranger".to_owned()));
                prop_assert!(one.signature.is_none() || one.opening.is_some());
            }
        }
    }
}
