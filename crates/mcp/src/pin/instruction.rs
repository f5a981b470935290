//! Sentences that tell the model what to do, where a description should tell what a tool does.
//!
//! Each rule is a row of steps: words, any of which stand there, and how many other words may come before them. They
//! know the techniques that were published, in English; what nobody has thought of is not found. A finding is a reason
//! to read, never a verdict.

use std::sync::LazyLock;

use crate::pin::scan::{Kind, Weight};
use crate::pin::words::Word;

/// `a|b ~3 c` is `a` or `b`, and within three more words `c`; `c*` begins with `c`.
const RULES: &[(Kind, Weight, &str)] = &[
    (
        Kind::Override,
        Weight::High,
        "ignore|disregard|forget|bypass|overrule ~3 previous|prior|above|earlier|preceding|former|your|system|safety \
         ~2 instruction*|rule|rules|prompt|prompts|guideline*|directive*|restrictions|policy|policies|context",
    ),
    (
        Kind::Override,
        Weight::High,
        "ignore|disregard|forget ~1 all|any|every|other ~1 instruction*|prompt|prompts|guidelines",
    ),
    (
        Kind::Override,
        Weight::High,
        "override|overrides|supersede|supersedes|replaces ~2 previous|prior|earlier|your|other ~2 \
         instruction*|prompts|guidelines",
    ),
    (Kind::Override, Weight::Medium, "from ~0 now ~0 on ~1 you|always|never"),
    (
        Kind::Override,
        Weight::Medium,
        "you ~0 are ~0 now ~3 mode|unrestricted|jailbroken|root|administrator",
    ),
    (
        Kind::Override,
        Weight::Medium,
        "your ~1 new|real|actual|true ~1 instruction*|task|goal|objective|purpose ~0 is|are",
    ),
    (
        Kind::Secrecy,
        Weight::High,
        "dont|never|without|avoid ~1 tell|telling|inform|informing|notify|notifying|reveal|revealing|disclose|\
         disclosing|alert|alerting|warn|warning|mention|mentioning ~4 user|users|human|humans|operator|person|customer|\
         anyone|anybody",
    ),
    (
        Kind::Secrecy,
        Weight::High,
        "dont|never ~0 mention|reveal|disclose|explain|describe|talk ~4 instruction*|step|steps|sidenote|notice|tag|\
         parameter|you|read|did",
    ),
    (Kind::Secrecy, Weight::High, "dont|never ~0 let ~3 know|see|notice|find"),
    (Kind::Secrecy, Weight::High, "user|users|human ~0 dont ~2 know|see|notice|learn|find|aware"),
    (
        Kind::Secrecy,
        Weight::High,
        "keep|stay|remain ~3 secret|hidden|confidential|invisible|private ~2 from ~1 user|users|human|anyone",
    ),
    (
        Kind::Secrecy,
        Weight::High,
        "quietly|silently|secretly|covertly|discreetly ~2 send|forward|read|include|copy|append|upload|call|pass|\
         transmit|execute|attach|insert",
    ),
    (
        Kind::Exfiltration,
        Weight::High,
        "read|open|cat|load|access|fetch|retrieve|copy|get|find|check|grab|take ~12 @secret ~25 \
         pass|send|include|put|provide|append|upload|forward|supply|attach|insert|fill|use|post|as",
    ),
    (
        Kind::Exfiltration,
        Weight::High,
        "pass|send|include|put|provide|append|upload|forward|supply|attach|insert|transmit|copy ~10 @secret",
    ),
    (
        Kind::Exfiltration,
        Weight::High,
        "before|prior|when|whenever ~2 using|calling|invoking|running|executing|use|call|invoke ~3 tool|tools|it ~8 \
         read|open|cat|load|access|fetch|retrieve ~5 file|files|config*|key|keys|secret|secrets|credential*|\
         password*|token|tokens|history|prompt ~16 pass|send|include|put|provide|append|upload|forward|supply|attach",
    ),
    (
        Kind::Exfiltration,
        Weight::High,
        "include|pass|send|put|copy|append|insert|provide|write|place|fill ~5 conversation|chat|message|messages|\
         system|credentials|password|passwords|secrets ~1 history|prompt|prompts|so|from|you|and|in ~14 \
         parameter|argument|field|sidenote|note|url|header",
    ),
    (
        Kind::Exfiltration,
        Weight::High,
        "must|always|all|every|each|any|instead ~6 send|forward|bcc|cc|redirect|route|upload|post|transmit|deliver|\
         copy|report|replace|change ~10 @email|@url",
    ),
    (
        Kind::OtherTools,
        Weight::Medium,
        "change|changes|affect|affects|modifies|modify|override|overrides|govern|governs ~4 other|another|all ~2 \
         tool|tools ~2 behave*|work|works|behavior|behaviour|function",
    ),
    (
        Kind::OtherTools,
        Weight::High,
        "when|whenever|if|every ~6 tool|email|emails|message|messages|payment|payments|transaction|transactions|\
         transfer ~8 must|always ~4 bcc|cc|recipient|redirect|replace|change|add ~10 @email|@url",
    ),
];

/// What is looked for as it is written, in lower case.
const MARKS: &[(Kind, Weight, &str)] = &[
    (Kind::Markup, Weight::High, "<important>"),
    (Kind::Markup, Weight::High, "</important>"),
    (Kind::Markup, Weight::High, "</system>"),
    (Kind::Markup, Weight::High, "<system_"),
    (Kind::Markup, Weight::High, "<system-"),
    (Kind::Markup, Weight::High, "<system>"),
    (Kind::Markup, Weight::High, "<instructions>"),
    (Kind::Markup, Weight::High, "<critical>"),
    (Kind::Markup, Weight::High, "<secret>"),
    (Kind::Markup, Weight::High, "<hidden>"),
    (Kind::Markup, Weight::High, "<|"),
    (Kind::Markup, Weight::High, "[inst]"),
    (Kind::Markup, Weight::High, "[/inst]"),
    (Kind::Markup, Weight::High, "<<sys>>"),
    (Kind::Markup, Weight::High, "\n\nhuman:"),
    (Kind::Markup, Weight::High, "\n\nassistant:"),
    (Kind::Markup, Weight::High, "</tool"),
    (Kind::Markup, Weight::High, "</function"),
    (Kind::Markup, Weight::Medium, "<!--"),
    (Kind::Exfiltration, Weight::Medium, "](http"),
    (Kind::Exfiltration, Weight::High, "| sh"),
    (Kind::Exfiltration, Weight::High, "| bash"),
];

/// One thing that was found, and where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instruction {
    pub(super) kind: Kind,
    pub(super) weight: Weight,
    pub(super) begin: usize,
}

/// Finds instructions in a text, each kind once.
pub(super) fn instructions(text: &str, words: &[Word]) -> Vec<Instruction> {
    let mut found: Vec<Instruction> = Vec::new();
    let mut add = |kind, weight, begin| {
        if !found.iter().any(|known| known.kind == kind && known.weight >= weight) {
            found.push(Instruction { kind, weight, begin });
        }
    };
    let lower = text.to_ascii_lowercase();
    for (kind, weight, mark) in MARKS {
        if let Some(begin) = lower.find(mark) {
            let runs = mark.starts_with('|');
            if !runs || lower.contains("curl") || lower.contains("wget") || lower.contains("base64")
            {
                add(*kind, *weight, begin);
            }
        }
    }
    for rule in RULES_READ.iter() {
        if let Some(begin) = rule.find(words) {
            add(rule.kind, rule.weight, begin);
        }
    }
    found
}

struct Rule {
    kind: Kind,
    weight: Weight,
    steps: Vec<Step>,
}

/// What must come within `gap` other words of what came before.
#[derive(Default)]
struct Step {
    gap: usize,
    words: Vec<&'static str>,
}

static RULES_READ: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rules = RULES.iter().map(|(kind, weight, text)| {
        let mut steps: Vec<Step> = Vec::new();
        let mut gap = 0;
        for part in text.split_whitespace() {
            match part.strip_prefix('~').map(str::parse) {
                Some(Ok(given)) => gap = given,
                _ => steps.push(Step { gap, words: part.split('|').collect() }),
            }
        }
        Rule { kind: *kind, weight: *weight, steps }
    });
    rules.collect()
});

impl Rule {
    /// Returns where the words of the rule begin; in time linear in the words.
    fn find(&self, words: &[Word]) -> Option<usize> {
        let (first, rest) = self.steps.split_first()?;
        let matches =
            |step: &Step, word: &Word| step.words.iter().any(|want| fits(want, &word.text));
        // Where each step can end, and where what led there begins.
        let mut ends: Vec<(usize, usize)> = words
            .iter()
            .enumerate()
            .filter(|(_, word)| matches(first, word))
            .map(|(index, word)| (index, word.begin))
            .collect();
        for step in rest {
            let mut next = Vec::new();
            let mut earlier = ends.iter().peekable();
            let mut last: Option<(usize, usize)> = None;
            for (index, word) in words.iter().enumerate() {
                while let Some(end) = earlier.next_if(|(end, _)| *end < index) {
                    last = Some(*end);
                }
                if let Some((end, begin)) = last
                    && index - end <= step.gap + 1
                    && matches(step, word)
                {
                    next.push((index, begin));
                }
            }
            ends = next;
        }
        ends.first().map(|(_, begin)| *begin)
    }
}

fn fits(want: &str, word: &str) -> bool {
    want.strip_suffix('*').map_or_else(|| want == word, |begin| word.starts_with(begin))
}
