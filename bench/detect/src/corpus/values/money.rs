//! Numbers of cards, accounts and wallets.

use super::super::checks::{base58check, bech32, luhn, mod97};
use super::super::random::Random;
use super::grouped;

pub fn draw(name: &str, form: &str, random: &mut Random) -> Option<(&'static str, String)> {
    Some(match name {
        "card" => ("CREDIT_CARD", card(form, random)),
        "cvv" => ("CVV", random.digits(3)),
        "iban" => ("IBAN_CODE", iban(form, random)),
        "account" => ("BANK_ACCOUNT", account(form, random)),
        "aba" => ("ABA_ROUTING", aba(random)),
        "pin" => ("PIN", random.digits(4)),
        "btc" => ("CRYPTO", btc(random)),
        "eth" => ("CRYPTO", eth(random)),
        _ => return None,
    })
}

/// Draws a card's number of one of the schemes, in its usual groups or without.
pub fn card(form: &str, random: &mut Random) -> String {
    let brands: [(&str, usize, &[usize]); 12] = [
        ("4", 16, &[4, 4, 4, 4]),
        ("4", 16, &[4, 4, 4, 4]),
        ("4", 16, &[4, 4, 4, 4]),
        ("51", 16, &[4, 4, 4, 4]),
        ("53", 16, &[4, 4, 4, 4]),
        ("2223", 16, &[4, 4, 4, 4]),
        ("37", 15, &[4, 6, 5]),
        ("34", 15, &[4, 6, 5]),
        ("6011", 16, &[4, 4, 4, 4]),
        ("3528", 16, &[4, 4, 4, 4]),
        ("3000", 14, &[4, 6, 4]),
        ("675940", 16, &[4, 4, 4, 4]),
    ];
    let (prefix, length, groups) = random.pick(&brands);
    let body = prefix.to_owned() + &random.digits(length - 1 - prefix.len());
    let number = format!("{body}{}", luhn(&body));
    let between = match form {
        "plain" => "",
        "spaced" => " ",
        _ => random.pick(&["", "", " ", " ", "-"]),
    };
    grouped(&number, groups, between)
}

/// Draws an account of a country, or of any.
pub fn iban(form: &str, random: &mut Random) -> String {
    const COUNTRIES: [(&str, &str); 18] = [
        ("DE", "##################"),
        ("FR", "####################0##"),
        ("GB", "@@@@##############"),
        ("ES", "####################"),
        ("NL", "@@@@##########"),
        ("PL", "########################"),
        ("PT", "#####################"),
        ("IT", "@######################"),
        ("AT", "################"),
        ("CH", "#################"),
        ("BE", "############"),
        ("IE", "@@@@##############"),
        ("SE", "####################"),
        ("NO", "###########"),
        ("DK", "##############"),
        ("FI", "##############"),
        ("CZ", "####################"),
        ("LU", "###0000000000000"),
    ];
    let any = random.pick(&COUNTRIES);
    let (country, shape) = COUNTRIES.into_iter().find(|(country, _)| country.eq_ignore_ascii_case(form)).unwrap_or(any);
    let bban = random.shape(shape);
    let number = format!("{country}{:02}{bban}", 98 - mod97(&format!("{bban}{country}00")));
    if random.one_in(2) {
        return number;
    }
    let signs: Vec<char> = number.chars().collect();
    let groups: Vec<String> = signs.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

fn account(form: &str, random: &mut Random) -> String {
    match form {
        "uk" => random.number(8),
        _ => {
            let length = random.pick(&[9, 10, 11, 12]);
            random.number(length)
        }
    }
}

fn aba(random: &mut Random) -> String {
    let prefix = random.pick(&["01", "02", "03", "04", "06", "07", "08", "09", "10", "11", "12", "26", "31", "32"]);
    let body = prefix.to_owned() + &random.digits(6);
    let sum = super::super::checks::weighted(&body, &[3, 7, 1, 3, 7, 1, 3, 7]);
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn btc(random: &mut Random) -> String {
    let bytes: Vec<u8> = (0..20).map(|_| random.below(256) as u8).collect();
    match random.below(4) {
        0 => base58check(&[&[0], bytes.as_slice()].concat()),
        1 => base58check(&[&[5], bytes.as_slice()].concat()),
        2 => {
            let groups: Vec<u8> = (0..32).map(|_| random.below(32) as u8).collect();
            bech32("bc", &[&[0], groups.as_slice()].concat())
        }
        _ => {
            // 32 bytes are 51 groups and a bit, and the last group's other four bits are zero.
            let mut groups: Vec<u8> = (0..51).map(|_| random.below(32) as u8).collect();
            groups.push(random.pick(&[0, 16]));
            bech32("bc", &[&[1], groups.as_slice()].concat())
        }
    }
}

/// The examples of EIP-55, or one in lower case, which says nothing of a checksum.
fn eth(random: &mut Random) -> String {
    const MIXED: [&str; 4] = [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ];
    if random.one_in(3) { random.pick(&MIXED).to_owned() } else { format!("0x{}", random.hex(40)) }
}
