//! What a change loosens that no comparison of policies sees.

use syndic_governance::{loosened_beside_policies, same_policies};

use crate::fixture::{append, load_changed, replace};

const AGENT: &str = "agents/clerk.yaml";
const PERMIT: &str = "policies/org/baseline.cedar";
const STOP: &str = "\
@id(\"stop\") @description(\"d\") @severity(\"low\") @reason(\"r\") forbid(principal, action, resource);
";
const LIFTED: &str = "\
@id(\"stop\") @description(\"d\") @severity(\"low\") @reason(\"r\") @break_glass
forbid(principal, action, resource);
";
const LIMIT: &str = "limits: [{per: day, calls: 5}]\nname: Clerk";

#[test]
fn what_cannot_be_told_to_be_stricter_counts() {
    // Each replaces text of the small directory, whose clerk has a limit and is enforced.
    for (path, from, to, what) in [
        (AGENT, "name: Clerk", "name: Clark # as it is", None),
        (AGENT, "max_transaction_amount: 1000.00", "max_transaction_amount: 900.00", None),
        (AGENT, "calls: 5", "calls: 9", None),
        (AGENT, "per: day", "per: hour", Some("clerk: limit 1 counts something else")),
        (AGENT, "mode: enforce", "mode: observe", Some("clerk: verdicts were enforced")),
        (AGENT, "approvers: desk-leads", "approvers: others", Some("clerk: others are asked")),
        (AGENT, "name: Clerk", "name: Clerk\ntime_zone: Asia/Tokyo", Some("clerk: its clock")),
        ("syndic.yaml", "environment: dev", "environment: prod", Some("the environment was `dev`")),
        ("actions/desk.yaml", "type: number", "type: integer", Some("pay: the catalogue declares")),
        ("actions/desk.yaml", "description: Pays.", "description: Pays well.", None),
        ("syndic.yaml", "durability: full", "durability: full # as it is", None),
        (PERMIT, "// more", "// nothing", None),
        (PERMIT, "// more", STOP, None),
        (PERMIT, "// more", LIFTED, Some("a break-glass lifts policy `stop`")),
    ] {
        let base = |dir: &std::path::Path| {
            replace(dir, AGENT, "name: Clerk", LIMIT);
            append(dir, PERMIT, "// more\n");
            replace(
                dir,
                AGENT,
                "observing_since: 2026-11-22",
                "observing_since: 2026-11-22\nmode: enforce",
            );
        };
        let (_old_dir, old) = load_changed(base);
        let (_new_dir, new) = load_changed(|dir| {
            base(dir);
            replace(dir, path, from, to);
        });
        let (old, new) = (old.governance.unwrap(), new.governance.unwrap());
        let told: Vec<_> =
            loosened_beside_policies(&old, &new).iter().map(ToString::to_string).collect();
        match what {
            None => assert!(told.is_empty(), "{from} -> {to}: {told:?}"),
            Some(what) => assert!(told[0].starts_with(what), "{from} -> {to}: {told:?}"),
        }
        let described = ["durability: full", "mode: enforce", "description: Pays."];
        if described.contains(&from) {
            assert!(same_policies(&old, &new), "{from} -> {to}");
        }
    }
}
