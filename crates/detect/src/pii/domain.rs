//! Names of domains, which are found only when they are asked for.

use memchr::memchr_iter;

use crate::bytes::{at, before, cut, run, run_back};
use crate::entity::Kind;
use crate::hit::Hit;
use crate::pii::Text;

/// The longest name, and the longest label of it.
const LONGEST: usize = 253;
const LABEL: usize = 63;

/// Finds every name with a top level that exists.
pub(crate) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    if !text.on.has(Kind::Domain) {
        return;
    }
    let mut done = 0;
    for dot in memchr_iter(b'.', text.bytes) {
        if dot >= done {
            done = verify(text, dot, hits).max(dot + 1);
        }
    }
}

/// Says whether a name stands around the first of its dots. Returns where it ends, or where to go on.
fn verify(text: &Text<'_>, dot: usize, hits: &mut Vec<Hit>) -> usize {
    let bytes = text.bytes;
    let from = dot - run_back(bytes, dot, LABEL + 1, is_label);
    let to = from + run(bytes, from, LONGEST + 1, |byte| is_label(byte) || byte == b'.');
    let mut end = to;
    while matches!(before(bytes, end), b'.' | b'-') && end > from {
        end -= 1;
    }
    let name = cut(bytes, from, end);
    let labels = || name.split(|byte| *byte == b'.');
    let formed = name.len() <= LONGEST
        && labels().count() > 1
        && labels().all(|label| {
            (1..=LABEL).contains(&label.len())
                && label.first() != Some(&b'-')
                && label.last() != Some(&b'-')
        });
    if !formed || is_part(bytes, from, end) {
        return to;
    }
    let Some(alone) = labels().next_back().and_then(|last| sure(last, labels().count(), name))
    else {
        return to;
    };
    let mut said = false;
    text.near.words_before(from, |word| {
        said = WORDS.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
        !said
    });
    let score = if said { 90 } else { alone };
    hits.push(Hit { context: said, ..Hit::new(Kind::Domain.into(), "domain", from..end, score) });
    to
}

const WORDS: [&str; 9] =
    ["domain", "domains", "website", "site", "dns", "hostname", "host", "fqdn", "homepage"];

/// Tells whether it is of a path, a call or a longer name.
fn is_part(bytes: &[u8], from: usize, end: usize) -> bool {
    let path = matches!(before(bytes, from), b'/' | b'\\')
        && before(bytes, from.saturating_sub(1)) != before(bytes, from);
    let longer = |byte: u8| byte == b'_' || byte >= 0x80 || byte.is_ascii_alphanumeric();
    path || longer(before(bytes, from)) || longer(at(bytes, end)) || at(bytes, end) == b'('
}

/// How sure a name of so many labels with the top level `last` is to be one, rather than a file's or code.
fn sure(last: &[u8], labels: usize, name: &[u8]) -> Option<u8> {
    let lower = !last.iter().any(u8::is_ascii_uppercase);
    let upper = !last.iter().any(u8::is_ascii_lowercase);
    if !lower && !upper {
        return None;
    }
    let mut folded = [0; 16];
    let known = folded.get_mut(..last.len())?;
    known.copy_from_slice(last);
    known.make_ascii_lowercase();
    let is_of = |list: &str| list.split_ascii_whitespace().any(|one| one.as_bytes() == known);
    let www = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"www."));
    if www && (is_of(COMMON) || is_of(OTHERS) || is_of(COUNTRIES)) {
        Some(92)
    } else if is_of(COMMON) || known.starts_with(b"xn--") {
        Some(85)
    } else if is_of(FILES) {
        Some(if labels > 2 { 45 } else { 30 })
    } else if is_of(OTHERS) || is_of(COUNTRIES) {
        Some(if labels > 2 { 80 } else { 62 })
    } else {
        None
    }
}

/// Top levels that hardly anything else ends with.
const COMMON: &str = "com org net edu gov mil arpa biz dev";
/// Countries' top levels and others that files and code end with, too.
const FILES: &str = "rs py sh md pl so ps cc ml mm st tf is to in id my me do it at as by be no or and info name \
    zip mov app page post host email map ai la co run";
const OTHERS: &str = "int io pro coop museum jobs mobi travel tel cat asia xyz online site website store shop tech \
    space cloud live news media agency studio design art group team company center digital network systems solutions \
    services world today life chat tools software press wiki club fun top vip bank insurance health care clinic law \
    energy academy school education events social video photos gallery ventures capital fund finance money blog \
    london paris berlin hamburg koeln wien nyc amsterdam tokyo one global international support help consulting";
const COUNTRIES: &str = "ac ad ae af ag al am ao aq ar au aw ax az ba bb bd bf bg bh bi bj bm bn bo br bs bt bw bz \
    ca cd cf cg ch ci ck cl cm cn cr cu cv cw cx cy cz de dj dk dm dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge \
    gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu ie il im iq ir je jm jo jp ke kg kh ki km kn kp kr \
    kw ky kz lb lc li lk lr ls lt lu lv ly ma mc mg mh mk mn mo mp mq mr ms mt mu mv mw mx mz na nc ne nf ng ni nl np \
    nr nu nz om pa pe pf pg ph pk pm pn pr pt pw qa re ro ru rw sa sb sc sd se sg si sk sl sm sn sr ss su sv sx sy sz \
    tc td tg th tj tk tl tm tn tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";

const fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}
