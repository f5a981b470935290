//! Values in disguise: transforms times values. What is *beyond* no goal counts; it is there to be seen.

use serde_json::json;

use super::Written;
use super::checks::base64;
use super::random::Random;
use super::values::{self, card, email, iban, ipv4, ssn};
use crate::set::Case;

const SEED: u64 = 0x5eed_0002;

type Disguise = fn(&str, &mut Random) -> String;

/// Which values a transform can disguise.
#[derive(Clone, Copy)]
enum Of {
    All,
    Digits,
    Letters,
    Grouped,
    Mail,
}

pub fn cases() -> anyhow::Result<Vec<Case>> {
    let mut random = Random::new(SEED);
    let mut cases = Vec::new();
    for (name, of, disguised, disguise) in transforms() {
        for (kind, before, value, after) in values_for(of, &mut random) {
            let mut written = Written::default();
            written.put(before);
            written.gold(kind, &disguise(&value, &mut random));
            written.put(after);
            cases.push(Case { transform: Some(name.to_owned()), disguised, ..written.0 });
        }
    }
    for value in values_for(Of::Digits, &mut random) {
        cases.extend(split(&value));
    }
    Ok(cases)
}

fn transforms() -> Vec<(&'static str, Of, bool, Disguise)> {
    vec![
        ("plain", Of::All, false, |value, _| value.to_owned()),
        ("zero-width", Of::All, true, |value, random| {
            between(value, || random.pick(&["\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}"]))
        }),
        ("one zero-width", Of::All, true, |value, _| {
            let middle = value.len() / 2;
            format!("{}\u{200b}{}", &value[..middle], &value[middle..])
        }),
        ("soft hyphen", Of::All, true, |value, _| between(value, || "\u{ad}")),
        ("variation selectors", Of::All, true, |value, _| between(value, || "\u{fe0f}")),
        ("direction marks", Of::All, true, |value, random| {
            between(value, || random.pick(&["\u{200e}", "\u{202a}", "\u{2066}", "\u{202c}"]))
        }),
        ("tag characters", Of::All, true, |value, _| between(value, || "\u{e0041}")),
        ("full-width", Of::All, true, |value, _| {
            each(value, |sign| match sign {
                ' ' => '\u{3000}',
                sign => char::from_u32(sign as u32 + 0xfee0).unwrap_or(sign),
            })
        }),
        ("confusable letters", Of::Letters, true, |value, _| each(value, confusable)),
        ("Arabic digits", Of::Digits, true, |value, _| digits(value, 0x660)),
        ("Persian digits", Of::Digits, true, |value, _| digits(value, 0x6f0)),
        ("Devanagari digits", Of::Digits, true, |value, _| digits(value, 0x966)),
        ("Bengali digits", Of::Digits, true, |value, _| digits(value, 0x9e6)),
        ("mathematical bold", Of::All, true, |value, _| mathematical(value, 0x1d400, 0x1d41a, 0x1d7ce)),
        ("mathematical monospace", Of::All, true, |value, _| mathematical(value, 0x1d670, 0x1d68a, 0x1d7f6)),
        ("circled", Of::Digits, true, |value, _| {
            each(value, |sign| match sign.to_digit(10) {
                Some(0) => '\u{24ea}',
                Some(digit) => char::from_u32(0x245f + digit).unwrap_or(sign),
                None => sign,
            })
        }),
        ("superscript", Of::Digits, true, |value, _| {
            each(value, |sign| {
                sign.to_digit(10)
                    .map_or(sign, |digit| ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit as usize])
            })
        }),
        ("keycaps", Of::Digits, true, |value, _| {
            value
                .chars()
                .map(|sign| if sign.is_ascii_digit() { format!("{sign}\u{fe0f}\u{20e3}") } else { sign.to_string() })
                .collect()
        }),
        ("strike-through", Of::All, true, |value, _| value.chars().flat_map(|sign| [sign, '\u{336}']).collect()),
        ("accents", Of::All, true, |value, _| value.chars().flat_map(|sign| [sign, '\u{301}']).collect()),
        ("base64", Of::All, true, |value, _| base64(value.as_bytes(), false)),
        ("base64 of a sentence", Of::All, true, |value, _| {
            base64(format!("the value you want is {value}, ok?").as_bytes(), false)
        }),
        ("base64url", Of::All, true, |value, _| base64(format!("~~ {value} ??").as_bytes(), true)),
        ("base64 twice", Of::All, true, |value, _| base64(base64(value.as_bytes(), false).as_bytes(), false)),
        ("hexadecimal", Of::All, true, |value, _| hexadecimal(value)),
        ("percent", Of::All, true, |value, _| value.bytes().map(|byte| format!("%{byte:02X}")).collect()),
        ("percent in part", Of::All, true, |value, _| {
            value
                .bytes()
                .enumerate()
                .map(|(at, byte)| {
                    if at % 2 == 1 || !byte.is_ascii_alphanumeric() {
                        format!("%{byte:02x}")
                    } else {
                        char::from(byte).to_string()
                    }
                })
                .collect()
        }),
        ("percent twice", Of::All, true, |value, _| value.bytes().map(|byte| format!("%25{byte:02X}")).collect()),
        ("unicode escapes", Of::All, true, |value, _| value.bytes().map(|byte| format!("\\u{byte:04x}")).collect()),
        ("entities", Of::All, true, |value, _| value.bytes().map(|byte| format!("&#{byte};")).collect()),
        ("hexadecimal entities", Of::All, true, |value, _| value.bytes().map(|byte| format!("&#x{byte:X};")).collect()),
        ("spaced", Of::Digits, true, |value, _| spread(value, " ")),
        ("dotted", Of::Digits, true, |value, _| spread(value, ".")),
        ("dashed", Of::Digits, true, |value, _| spread(value, "-")),
        ("underscored", Of::Digits, true, |value, _| spread(value, "_")),
        ("a line each", Of::Digits, true, |value, _| spread(value, "\n")),
        ("spaced letters", Of::Mail, true, |value, _| between(value, || " ")),
        ("spelled", Of::Digits, true, |value, _| spelled(value, false)),
        ("spelled with double", Of::Digits, true, |value, _| spelled(value, true)),
        ("at and dot", Of::Mail, true, |value, _| value.replace('@', " at ").replace('.', " dot ")),
        ("at and dot in brackets", Of::Mail, true, |value, _| value.replace('@', " [at] ").replace('.', " (dot) ")),
        ("other spaces", Of::Grouped, false, |value, random| {
            value.replace(' ', random.pick(&["\u{a0}", "\u{2009}", "\u{202f}", "\u{2007}"]))
        }),
        ("other dashes", Of::Grouped, false, |value, random| {
            value.replace([' ', '-'], random.pick(&["\u{2010}", "\u{2011}", "\u{2013}", "\u{2212}"]))
        }),
        ("beyond: reversed", Of::All, true, |value, _| value.chars().rev().collect()),
        ("beyond: letters as digits", Of::Digits, true, |value, _| value.replace('0', "O").replace('1', "l")),
        ("beyond: byte escapes", Of::All, true, |value, _| {
            value.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
        }),
        ("beyond: quoted-printable", Of::All, true, |value, _| {
            value.bytes().map(|byte| format!("={byte:02X}")).collect()
        }),
        ("beyond: tags", Of::Digits, true, |value, _| between(value, || "<b></b>")),
        ("beyond: strings joined", Of::Digits, true, |value, _| {
            let middle = value.len() / 2;
            format!("\"{}\" + \"{}\"", &value[..middle], &value[middle..])
        }),
    ]
}

type Placed = (&'static str, &'static str, String, &'static str);

fn values_for(of: Of, random: &mut Random) -> Vec<Placed> {
    let other = |placeholder: &str, random: &mut Random| {
        values::draw(placeholder, random).map(|value| value.text).unwrap_or_default()
    };
    let mail = |random: &mut Random| ("EMAIL_ADDRESS", "Send the statement to ", email(random), " today please.");
    let account = |form, random: &mut Random| ("IBAN_CODE", "Transfer it to IBAN ", iban(form, random), " this week.");
    let nino = ("UK_NINO", "My national insurance number is ", other("nino", random), " since April.");
    let numbers = vec![
        ("CREDIT_CARD", "Please charge my credit card ", card("plain", random), " for the rest."),
        ("CREDIT_CARD", "card number: ", card("spaced", random), ", thanks"),
        ("US_SSN", "The social security number is ", ssn(random), " for both forms."),
        ("PHONE_NUMBER", "You can call my phone ", other("phone:us", random), " after six."),
        (
            "PHONE_NUMBER",
            "mobile: ",
            format!("+44 7{}{} {}", random.number(1), random.digits(2), random.digits(6)),
            " (evenings)",
        ),
        ("UK_NHS", "NHS number ", other("nhs", random), " as on the letter."),
        ("IN_AADHAAR", "the aadhaar is ", other("aadhaar", random), " as scanned."),
        ("IBAN_CODE", "Please pay to IBAN ", iban("DE", random), " by Friday."),
    ];
    match of {
        Of::Digits => numbers,
        Of::Mail => (0..6).map(|_| mail(random)).collect(),
        Of::Letters => {
            vec![
                mail(random),
                mail(random),
                mail(random),
                nino,
                account("NL", random),
                account("GB", random),
                account("IE", random),
            ]
        }
        Of::Grouped => {
            numbers.into_iter().filter(|(_, _, value, _)| value.contains([' ', '-'])).chain([nino]).collect()
        }
        Of::All => vec![
            mail(random),
            numbers[0].clone(),
            numbers[2].clone(),
            numbers[4].clone(),
            account("FR", random),
            ("IP_ADDRESS", "The server answers at ", ipv4(random), " from outside."),
            nino,
            numbers[5].clone(),
        ],
    }
}

/// The same value over the fields of an object, the items of an array, and two messages.
fn split((kind, before, value, after): &Placed) -> Vec<Case> {
    let middle = value.len() / 2;
    let (first, last) = value.split_at(middle);
    let case = |transform: &str| Case { transform: Some(transform.to_owned()), disguised: true, ..Case::default() };
    let field = before.trim_end_matches([' ', ':']);
    let placed = |transform, text: String, pieces: &[&str]| {
        let mut written = Written(Case { json: true, ..case(transform) });
        let mut rest = text.as_str();
        for piece in pieces {
            let quoted = json!(piece).to_string();
            let Some((before, after)) = rest.split_once(&quoted) else { continue };
            written.put(before);
            written.put("\"");
            written.gold(kind, piece);
            written.put("\"");
            rest = after;
        }
        written.put(rest);
        written.0
    };
    let signs: Vec<String> = value.chars().filter(char::is_ascii_alphanumeric).map(String::from).collect();
    let signs: Vec<&str> = signs.iter().map(String::as_str).collect();
    let (left, right) = (first.trim_end(), last.trim_start());
    let mut messages = Written(case("two messages"));
    messages.0.before = vec![format!("{before}{left}")];
    messages.gold(kind, right);
    messages.put(after);
    vec![
        placed("items of an array", json!({"note": field, "parts": signs}).to_string(), &signs),
        placed("two fields", json!({"note": field, "value_1": left, "value_2": right}).to_string(), &[left, right]),
        messages.0,
    ]
}

fn between(value: &str, mut sign: impl FnMut() -> &'static str) -> String {
    let mut text = String::new();
    for (at, each) in value.chars().enumerate() {
        if at > 0 {
            text += sign();
        }
        text.push(each);
    }
    text
}

fn each(value: &str, sign: impl Fn(char) -> char) -> String {
    value.chars().map(sign).collect()
}

fn digits(value: &str, zero: u32) -> String {
    each(value, |sign| sign.to_digit(10).and_then(|digit| char::from_u32(zero + digit)).unwrap_or(sign))
}

fn mathematical(value: &str, upper: u32, lower: u32, zero: u32) -> String {
    each(value, |sign| {
        let moved = match sign {
            'A'..='Z' => char::from_u32(upper + sign as u32 - 'A' as u32),
            'a'..='z' => char::from_u32(lower + sign as u32 - 'a' as u32),
            '0'..='9' => char::from_u32(zero + sign as u32 - '0' as u32),
            _ => None,
        };
        moved.unwrap_or(sign)
    })
}

const fn confusable(sign: char) -> char {
    match sign {
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'i' => 'і',
        'o' => 'о',
        'p' => 'р',
        'x' => 'х',
        'y' => 'у',
        's' => 'ѕ',
        'A' => 'Α',
        'B' => 'В',
        'C' => 'С',
        'E' => 'Е',
        'H' => 'Н',
        'I' => 'Ι',
        'K' => 'К',
        'M' => 'М',
        'N' => 'Ν',
        'O' => 'О',
        'P' => 'Р',
        'T' => 'Т',
        'X' => 'Х',
        'Z' => 'Ζ',
        other => other,
    }
}

fn hexadecimal(value: &str) -> String {
    value.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Puts a separator between all letters and digits, and drops those there were.
fn spread(value: &str, separator: &str) -> String {
    let signs: Vec<String> =
        value.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '+').map(String::from).collect();
    signs.join(separator)
}

fn spelled(value: &str, double: bool) -> String {
    const WORDS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let signs: Vec<char> = value.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '+').collect();
    let mut words = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        let sign = signs[at];
        let word = sign.to_digit(10).map_or_else(
            || if sign == '+' { "plus".to_owned() } else { sign.to_string() },
            |digit| if double && digit == 0 { "oh".to_owned() } else { WORDS[digit as usize].to_owned() },
        );
        if double && sign.is_ascii_digit() && signs.get(at + 1) == Some(&sign) {
            words.push(format!("double {word}"));
            at += 2;
            continue;
        }
        words.push(word);
        at += 1;
    }
    words.join(" ")
}
