//! How people and machines are reached.

use super::super::random::Random;
use super::words::{DOMAINS, FIRST, LAST};

pub fn draw(name: &str, form: &str, random: &mut Random) -> Option<(&'static str, String)> {
    Some(match name {
        "email" => ("EMAIL_ADDRESS", email(random)),
        "phone" => ("PHONE_NUMBER", phone(form, random)),
        "ip" => {
            ("IP_ADDRESS", if form == "6" || form.is_empty() && random.one_in(3) { ipv6(random) } else { ipv4(random) })
        }
        "mac" => ("MAC_ADDRESS", mac(random)),
        _ => return None,
    })
}

pub fn email(random: &mut Random) -> String {
    let (first, last) = (random.pick(FIRST).to_lowercase(), random.pick(LAST).to_lowercase());
    let name = match random.below(8) {
        0 => format!("{first}.{last}"),
        1 => format!("{}{last}", &first[..1]),
        2 => format!("{first}_{last}{}", random.between(1, 99)),
        3 => format!("{first}+{}", random.pick(&["billing", "newsletter", "test1", "aws"])),
        4 => format!("{last}-{first}"),
        5 => format!("{first}{}", random.between(1960, 2004)),
        6 => format!("{}.{last}", &first[..1]),
        _ => first,
    };
    let host = random.pick(&["", "", "", "mail.", "post.", "eu.corp."]);
    format!("{name}@{host}{}", random.pick(DOMAINS))
}

/// Draws a number as it is written in a country; `intl` is one with a `+`.
fn phone(form: &str, random: &mut Random) -> String {
    let shapes: &[&str] = match form {
        "us" => &[
            "(2%%) 2%%-####",
            "3%%-4%%-####",
            "5%%.6%%.####",
            "7%% 8%% ####",
            "+1 4%%-5%%-####",
            "+16%%7%%####",
            "1-8%%-3%%-####",
        ],
        "plain" => &["2%%3%%####", "4%%7%%####", "6%%4%%####"],
        "ext" => &["3%%-4%%-#### x^##", "(2%%) 5%%-#### ext. ^##", "7%%-2%%-####x^###"],
        "uk" => {
            &["020 7### ####", "07^## ######", "0161 496 ####", "+44 20 7### ####", "+44 7^## ######", "01632 960###"]
        }
        "de" => &[
            "030 ^#######",
            "0171 ^######",
            "089/^######",
            "+49 30 ^######",
            "+49 171 ^######",
            "0049 221 ^######",
            "+49 (0)40 ^######",
        ],
        "fr" => &[
            "01 4# ## ## ##",
            "06 ## ## ## ##",
            "01.4#.##.##.##",
            "+33 6 ## ## ## ##",
            "+33 1 4# ## ## ##",
            "06########",
        ],
        "es" => &["6## ## ## ##", "91# ### ###", "+34 6## ### ###", "+34 91 ### ## ##"],
        "nl" => &["06-^#######", "06 ^#######", "020 ^## ####", "+31 6 ^#######", "+31 20 ^## ####"],
        "pl" => &["6## ### ###", "22 ### ## ##", "+48 6## ### ###", "+48 22 ### ## ##", "5##-###-###"],
        "pt" => &["91# ### ###", "21# ### ###", "+351 91# ### ###", "+351 21 ### ####"],
        "it" => &["33# ### ####", "06 6### ####", "+39 34# ### ####", "02 ^### ####"],
        "in" => &["+91 9#### #####", "+91-8#########", "9#### #####"],
        "au" => &["+61 4## ### ###", "04## ### ###", "(02) 9### ####"],
        "br" => &["+55 11 9####-####", "(11) 9####-####", "(21) 3###-####"],
        _ => &[
            "+1 4%%-5%%-####",
            "+44 7^## ######",
            "+49 171 ^######",
            "+33 6 ## ## ## ##",
            "+34 6## ### ###",
            "+31 6 ^#######",
            "+48 6## ### ###",
            "+351 91# ### ###",
            "+39 34# ### ####",
            "+91 9#### #####",
            "+61 4## ### ###",
            "+55 11 9####-####",
            "+41 79 ^## ## ##",
            "+46 70 ^## ## ##",
            "+81 90 ^### ####",
            "+65 8### ####",
            "+353 85 ### ####",
            "+4915^########",
            "+336########",
            "+447#########",
        ],
    };
    // `%` is a digit that keeps an American number from being a service's, such as 911.
    let shape = random.pick(shapes);
    let mut filled = String::new();
    for sign in shape.chars() {
        if sign == '%' { filled += &random.of("2345678", 1) } else { filled.push(sign) }
    }
    random.shape(&filled)
}

/// Draws an address that could be somebody's.
pub fn ipv4(random: &mut Random) -> String {
    let first = random.pick(&[10, 23, 34, 45, 62, 77, 81, 88, 91, 104, 151, 172, 185, 192, 203, 212]);
    let (second, third) = match first {
        172 => (random.between(16, 31), random.below(256)),
        192 => (168, random.below(256)),
        203 => (0, 113),
        _ => (random.below(256), random.below(256)),
    };
    format!("{first}.{second}.{third}.{}", random.between(2, 254))
}

pub fn ipv6(random: &mut Random) -> String {
    let prefix = random.pick(&["2001:db8", "2a02:8108", "2a01:4f8", "2606:4700", "fd12:3456"]);
    let mut group = || format!("{:x}", random.between(1, 0xffff));
    match group().len() + group().len() {
        0..7 => format!("{prefix}::{}", group()),
        7 => format!("{prefix}:{}:{}::{}", group(), group(), group()),
        _ => format!("{prefix}:{}:{}:{}:{}:{}:{}", group(), group(), group(), group(), group(), group()),
    }
}

fn mac(random: &mut Random) -> String {
    let text = match random.below(4) {
        0 | 1 => random.shape("~~:~~:~~:~~:~~:~~"),
        2 => random.shape("~~-~~-~~-~~-~~-~~").to_uppercase(),
        _ => random.shape("~~~~.~~~~.~~~~"),
    };
    // At least one letter and one digit, as nearly all have.
    if text.contains(|sign: char| sign.is_ascii_digit()) && text.contains(|sign: char| sign.is_ascii_alphabetic()) {
        return text;
    }
    mac(random)
}
