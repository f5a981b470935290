//! `policies/tests/*.yaml`, read: what is given, and what is expected of the verdict.

mod given;
mod known;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use syndic_model::{
    ActionRequest, Counter, Decimal, Effect, EnforcementGrade, Finding, LabelName, Place, PolicyId,
};
use syndic_policy::{RESERVED, Used};

use self::given::Given;
use self::known::Known;
use crate::directory::Directory;
use crate::position::{At, Position};
use crate::report::Report;
use crate::text::did_you_mean;
use crate::wire::{CasesFile, ExpectFields, RowFields, TestFields};
use crate::{EntityName, Environment, Governance, yaml};

/// One test of the policies.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it shows; in a table with the row's name or number.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// What is asked.
    pub request: ActionRequest,
    /// Under which circumstances.
    pub supposed: Supposed,
    /// What should come of it.
    pub expected: Expected,
}

/// What is supposed about the host; `None` is as it really is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supposed {
    /// The time.
    pub now: Option<Timestamp>,
    /// Where it runs.
    pub environment: Option<Environment>,
    /// The personal data found in what it would send.
    pub pii: Option<BTreeSet<EntityName>>,
    /// The secrets found there, by the names of their formats.
    pub secrets: Option<BTreeSet<String>>,
    /// Whether some of it was disguised.
    pub obfuscated: Option<bool>,
    /// How unusual it is for the agent, from 0 to 100.
    pub anomaly: Option<u8>,
    /// How unavoidable the gate is.
    pub grade: Option<EnforcementGrade>,
    /// Whether somebody pressed the stop button for the agent.
    pub suspended: Option<bool>,
    /// What earlier actions left on the session.
    pub labels: Option<BTreeSet<LabelName>>,
    /// Whom the agent reached before.
    pub known_recipients: Option<BTreeSet<String>>,
    /// Whom it reached in the session before.
    pub session_recipients: Option<BTreeSet<String>>,
    /// What counters count, this action included; the others count this action alone.
    pub usage: Vec<(Counter, SupposedUse)>,
}

/// What is supposed about one counter; `None` as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SupposedUse {
    /// Calls.
    pub calls: Option<i64>,
    /// Denials.
    pub denials: Option<i64>,
    /// Money.
    pub amount: Option<Decimal>,
    /// Different recipients.
    pub recipients: Option<i64>,
    /// Affected people.
    pub affected_people: Option<i64>,
    /// Tokens.
    pub tokens: Option<i64>,
}

impl SupposedUse {
    /// Puts what is supposed over what is.
    #[must_use]
    pub fn over(&self, used: Used) -> Used {
        Used {
            calls: self.calls.unwrap_or(used.calls),
            denials: self.denials.unwrap_or(used.denials),
            amount: self.amount.unwrap_or(used.amount),
            recipients: self.recipients.unwrap_or(used.recipients),
            affected_people: self.affected_people.unwrap_or(used.affected_people),
            tokens: self.tokens.unwrap_or(used.tokens),
        }
    }
}

/// What should come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The verdict.
    pub effect: Effect,
    /// Exactly the policies that stand in the way.
    pub policies: Option<BTreeSet<PolicyId>>,
    /// Texts that each stand in some reason.
    pub reasons: Vec<String>,
}

/// What came of reading the tests of a governance directory.
#[derive(Debug)]
pub struct Cases {
    /// The tests that could be read, in order.
    pub cases: Vec<Case>,
    /// All that is wrong with the others.
    pub findings: Vec<Finding>,
    /// The text of every file read, by relative path.
    pub sources: BTreeMap<String, String>,
}

/// Reads the tests in `dir`, which are about `governance`.
#[must_use]
pub fn read_cases(dir: &Path, governance: &Governance) -> Cases {
    read(Directory::read_tests(dir), governance)
}

/// Reads tests that were kept, texts by path, which are about `governance`.
#[must_use]
pub fn read_kept_cases(texts: BTreeMap<String, String>, governance: &Governance) -> Cases {
    read(Directory::of_tests(texts), governance)
}

fn read(mut directory: Directory, governance: &Governance) -> Cases {
    let mut findings = std::mem::take(&mut directory.findings);
    let known = governance.engine.show().into_iter().map(|shown| shown.id.to_string());
    let known = known.chain(RESERVED.iter().map(|id| (*id).to_owned())).collect();
    let findable = Known::of(governance);
    let mut cases = Vec::new();
    for (path, text) in &directory.texts {
        match yaml::parse(path, text) {
            Ok(file) => {
                let mut reader =
                    Reader { report: Report::new(path), known: &known, findable: &findable, cases };
                reader.file(&file);
                cases = reader.cases;
                findings.append(&mut reader.report.findings);
            }
            Err(finding) => findings.push(finding),
        }
    }
    findings.sort_by(|a, b| (a.level, &a.place, a.code).cmp(&(b.level, &b.place, b.code)));
    Cases { cases, findings, sources: directory.texts }
}

/// Reads one file.
struct Reader<'a> {
    report: Report<'a>,
    /// The ids that a policy in the way can have.
    known: &'a BTreeSet<String>,
    /// What can be found in an action.
    findable: &'a Known,
    cases: Vec<Case>,
}

/// What should come of it, as far as it is said.
#[derive(Debug, Clone, Default)]
struct Expect {
    effect: Option<Effect>,
    policies: Option<BTreeSet<PolicyId>>,
    reasons: Option<Vec<String>>,
}

impl Reader<'_> {
    fn file(&mut self, file: &CasesFile) {
        let hint = "write `tests:` and a list of them";
        let Some(tests) =
            self.report.require(file.tests.as_ref(), crate::position::START, "tests", hint)
        else {
            return;
        };
        let mut names = BTreeSet::new();
        for At { value: test, position } in tests {
            let hint = "say what it shows: `name: …`";
            let name = self.report.require(test.name.as_ref(), *position, "name", hint);
            let Some(name) = name else { continue };
            if !names.insert(name.value.as_str()) {
                let message = format!("two tests are named `{}`", name.value);
                let hint = "say what is different about this one".to_owned();
                self.report.error(name.position, "duplicate-name", message, hint);
            }
            self.test(test, name, *position);
        }
    }

    /// Reads a test: one case without rows, else one for each row.
    fn test(&mut self, test: &TestFields, name: &At<String>, position: Position) {
        let before = self.report.findings.len();
        let given = Given::read(test.given.as_ref(), self.findable, &mut self.report);
        let expect = self.expect(test.expect.as_ref());
        let sound = self.report.findings.len() == before;
        let Some(rows) = &test.rows else {
            self.case(name.value.clone(), position, given, expect, sound);
            return;
        };
        if rows.is_empty() {
            let hint = "leave `rows` out, or write one".to_owned();
            self.report.error(position, "no-rows", "a table without rows tests nothing", hint);
        }
        for (number, At { value: row, position }) in rows.iter().enumerate() {
            let before = self.report.findings.len();
            let given =
                Given::read(row.given.as_ref(), self.findable, &mut self.report).over(&given);
            let expect = self.expect(row.expect.as_ref()).over(&expect);
            let sound = sound && self.report.findings.len() == before;
            self.case(row_name(&name.value, row, number), *position, given, expect, sound);
        }
    }

    /// Makes a case of what was read, unless some of it meant nothing, which was told then.
    fn case(
        &mut self,
        name: String,
        position: Position,
        given: Given,
        expect: Expect,
        sound: bool,
    ) {
        if !sound {
            return;
        }
        let report = &mut self.report;
        let request = given.request(position, report);
        let hint = "`allow`, `hold` or `deny`";
        let effect = report.require(expect.effect.as_ref(), position, "expect.effect", hint);
        let (Some((request, supposed)), Some(effect)) = (request, effect) else { return };
        let expected = Expected {
            effect: *effect,
            policies: expect.policies,
            reasons: expect.reasons.unwrap_or_default(),
        };
        let place = report.place(position);
        self.cases.push(Case { name, place, request, supposed, expected });
    }

    fn expect(&mut self, fields: Option<&ExpectFields>) -> Expect {
        let Some(ExpectFields { effect, policies, reasons }) = fields else {
            return Expect::default();
        };
        for text in policies.iter().flatten().filter(|text| !self.known.contains(&text.raw)) {
            let near = did_you_mean(&text.raw, self.known.iter().map(String::as_str));
            let hint = near.unwrap_or_else(|| "`syndic policy show` lists them".to_owned());
            let message = format!("there is no policy `{}`", text.raw.escape_debug());
            self.report.error(text.position, "unknown-policy", message, hint);
        }
        let report = &mut self.report;
        Expect {
            effect: effect.as_ref().and_then(|text| report.read(text)),
            policies: policies
                .as_deref()
                .map(|texts| texts.iter().filter_map(|text| text.raw.parse().ok()).collect()),
            reasons: reasons.clone(),
        }
    }
}

impl Expect {
    fn over(self, shared: &Self) -> Self {
        Self {
            effect: self.effect.or(shared.effect),
            policies: self.policies.or_else(|| shared.policies.clone()),
            reasons: self.reasons.or_else(|| shared.reasons.clone()),
        }
    }
}

fn row_name(table: &str, row: &RowFields, number: usize) -> String {
    match &row.name {
        Some(name) => format!("{table}: {}", name.value),
        None => format!("{table} [{}]", number + 1),
    }
}
