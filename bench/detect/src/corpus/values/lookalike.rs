//! What looks like personal data or a secret, and is neither.

use super::super::checks::{base64, luhn};
use super::super::random::Random;
use super::grouped;

pub fn draw(name: &str, form: &str, random: &mut Random) -> Option<String> {
    Some(match name {
        "wrong" => wrong(form, random)?,
        "n" => random.number(form.parse().unwrap_or(3)),
        "hex" => random.hex(form.parse().unwrap_or(8)),
        "order" => random.shape(random.clone().pick(&[
            "#^#######",
            "SO-^#####",
            "PO-^#######",
            "W^########",
            "1##-#######-#######",
            "A-^####",
            "2026-^####",
            "ORD-^###-####",
        ])),
        "tracking" => random.shape(random.clone().pick(&[
            "1Z@##@@########^##",
            "9400 1^## #### #### #### ##",
            "JD01^#############",
            "00340434^###########",
            "RR^########DE",
            "7^##########",
        ])),
        "invoice" => random.shape(random.clone().pick(&[
            "INV-2026-^####",
            "RE-^#####",
            "F/^###/11/2026",
            "20261^####",
            "FV 11/^##/2026",
            "INV^#######",
        ])),
        "ticket" => random.shape(random.clone().pick(&[
            "OPS-^###",
            "#^####",
            "CASE-^######",
            "INC00^#####",
            "REQ^######",
            "SUP-^####",
        ])),
        "uuid" => uuid(random),
        "sha1" => random.hex(40),
        "commit" => random.hex(random.clone().pick(&[7, 8, 10, 12])),
        "sha256" => random.hex(64),
        "md5" => random.hex(32),
        "sri" => format!("sha512-{}", bytes64(64, random)),
        "digest" => format!("sha256:{}", random.hex(64)),
        "version" => version(random),
        "epoch" => random.shape("17########"),
        "millis" => random.shape("17###########"),
        "date" => format!("{}-{:02}-{:02}", random.between(2021, 2026), random.between(1, 12), random.between(1, 28)),
        "datedot" => {
            format!("{:02}.{:02}.{}", random.between(1, 28), random.between(1, 12), random.between(2021, 2026))
        }
        "dateslash" => {
            format!("{:02}/{:02}/{}", random.between(1, 28), random.between(1, 12), random.between(2021, 2026))
        }
        "time" => format!("{:02}:{:02}:{:02}", random.below(24), random.below(60), random.below(60)),
        "timestamp" => timestamp(random),
        "price" => format!("{}.{}", random.between(1, 4999), random.digits(2)),
        "pricede" => format!("{}.{},{}", random.between(1, 9), random.digits(3), random.digits(2)),
        "isbn" => isbn13(random),
        "isbn10" => isbn10(random),
        "ean" => ean13(random),
        "lat" => format!("{}.{}", random.between(36, 59), random.digits(6)),
        "lon" => format!("{}.{}", random.between(0, 24), random.digits(6)),
        "sku" => random.shape(random.clone().pick(&[
            "555-0134-2#",
            "SKU-^#######",
            "@@-####-##",
            "^##.^##.##",
            "^##-^###-@",
            "###-^##-####-@@",
            "BX^##-@##",
        ])),
        "part" => random.shape(random.clone().pick(&["^##-#####-##", "@^####-@##", "^####@##", "0 ^## ### ###"])),
        "serial" => random.shape(random.clone().pick(&["C02@^###@@##", "SN^#########", "@@@^####@#@", "FOC^###@###"])),
        "doi" => random.shape("10.1^##/s^####-0##-#####-^"),
        "image" => format!("data:image/png;base64,iVBORw0KGgo{}", bytes64(form.parse().unwrap_or(90), random)),
        "blob" => bytes64(form.parse().unwrap_or(60), random),
        "colour" => format!("#{}", random.hex(6)),
        "pod" => random.shape("api-&&&&^#-~~~~~~~~~~-") + &random.of("bcdfghjklmnpqrstvwxz2456789", 5),
        "trace" => format!("00-{}-{}-01", random.hex(32), random.hex(16)),
        "reqid" => random.shape(random.clone().pick(&[
            "req_~~~~~~~~~~~~~~~~~~~~~~~~",
            "1-67~~~~~~-~~~~~~~~~~~~~~~~~~~~~~~~",
            "@@@@#@@@##@@@##@",
        ])),
        "nanoid" => random.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", 21),
        "snowflake" => random.shape("1^################"),
        "objectid" => random.shape("67~~~~~~~~~~~~~~~~~~~~~~"),
        "ulid" => format!("01J{}", random.of("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 23)),
        "port" => random.between(1024, 65535).to_string(),
        "percent" => format!("{}.{} %", random.below(100), random.digits(1)),
        "count" => random.between(2, 9999).to_string(),
        "flight" => random.shape(random.clone().pick(&["LH^##", "BA^###", "AF^###", "KL^##"])),
        "pnr" => random.upper(6),
        "address" => format!("0x{}", random.hex(12)),
        "etag" => format!("W/\"{}-{}\"", random.hex(4), random.alnum(27)),
        "gene" => random.shape("NM_0^#####.^"),
        "case" => random.shape("^## U.S. ^##"),
        _ => return None,
    })
}

/// A value that its checksum gives away as mistyped: nobody's.
fn wrong(form: &str, random: &mut Random) -> Option<String> {
    let other = |digit: u32, by: usize| (digit + by as u32) % 10;
    Some(match form {
        "card" => {
            let body = random.pick(&["4", "51", "37"]).to_owned() + &random.digits(13);
            let body = if body.len() == 14 { body + "7" } else { body };
            let number = format!("{body}{}", other(luhn(&body), random.between(1, 9)));
            grouped(&number, &[4, 4, 4, 4], random.pick(&["", " "]))
        }
        "iban" => {
            let right = super::iban("DE", random).replace(' ', "");
            let (start, end) = right.split_at(right.len() - 1);
            let digit = end.parse::<u32>().ok()?;
            format!("{start}{}", other(digit, random.between(1, 9)))
        }
        "ssn" => random.shape(random.clone().pick(&["000-##-####", "666-##-####", "^##-00-####", "^##-##-0000"])),
        "nhs" => {
            let body = random.number(9);
            let sum = super::super::checks::weighted(&body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]);
            let check = (11 - sum % 11) % 11;
            let check = if check > 8 { 5 } else { check + 1 };
            grouped(&format!("{body}{check}"), &[3, 3, 4], " ")
        }
        "isbn" => {
            let body = format!("978{}", random.digits(9));
            format!("{body}{}", random.digits(1))
        }
        _ => return None,
    })
}

fn uuid(random: &mut Random) -> String {
    let variant = random.of("89ab", 1);
    let text = random.shape("~~~~~~~~-~~~~-4~~~-") + &variant + &random.shape("~~~-~~~~~~~~~~~~");
    if random.one_in(6) { text.to_uppercase() } else { text }
}

fn version(random: &mut Random) -> String {
    let (major, minor, patch) = (random.below(20), random.below(40), random.below(30));
    match random.below(6) {
        0 => format!("v{major}.{minor}.{patch}"),
        1 => format!("{major}.{minor}.{patch}-rc.{}", random.between(1, 9)),
        2 => format!("{major}.{minor}.{patch}+{}", random.hex(7)),
        3 => format!("1{major}.0.{}.{}", random.between(4000, 6999), random.between(60, 250)),
        _ => format!("{major}.{minor}.{patch}"),
    }
}

fn timestamp(random: &mut Random) -> String {
    let date = draw("date", "", random).unwrap_or_default();
    let time = draw("time", "", random).unwrap_or_default();
    match random.below(4) {
        0 => format!("{date}T{time}Z"),
        1 => format!("{date}T{time}.{}Z", random.digits(6)),
        2 => format!("{date} {time},{}", random.digits(3)),
        _ => format!("{date}T{time}+01:00"),
    }
}

fn isbn13(random: &mut Random) -> String {
    let body = random.pick(&["978", "979"]).to_owned() + &random.digits(9);
    let sum = super::super::checks::weighted(&body, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
    let number = format!("{body}{}", (10 - sum % 10) % 10);
    if random.one_in(2) { grouped(&number, &[3, 1, 4, 4, 1], "-") } else { number }
}

fn isbn10(random: &mut Random) -> String {
    let body = random.digits(9);
    let sum = super::super::checks::weighted(&body, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11;
    format!("{body}{}", char::from(b"0123456789X"[sum as usize]))
}

fn ean13(random: &mut Random) -> String {
    let body = random.pick(&["400", "500", "761", "871", "590"]).to_owned() + &random.digits(9);
    let sum = super::super::checks::weighted(&body, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn bytes64(length: usize, random: &mut Random) -> String {
    let bytes: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
    base64(&bytes, false)
}
