//! Numbers that states give to people and organisations.

use super::super::checks::{digits, luhn, mod11_10, mod97, verhoeff, weighted};
use super::super::random::Random;
use super::{born, grouped};

pub fn draw(name: &str, form: &str, random: &mut Random) -> Option<(&'static str, String)> {
    let plain = form == "plain";
    Some(match name {
        "ssn" => ("US_SSN", if plain { ssn(random).replace('-', "") } else { ssn(random) }),
        "itin" => ("US_ITIN", itin(random)),
        "npi" => ("US_NPI", npi(random)),
        "mbi" => ("US_MBI", mbi(random)),
        "nhs" => ("UK_NHS", nhs(random, plain)),
        "nino" => ("UK_NINO", nino(random)),
        "sin" => ("CA_SIN", sin(random)),
        "tfn" => ("AU_TFN", tfn(random)),
        "abn" => ("AU_ABN", abn(random)),
        "acn" => ("AU_ACN", acn(random)),
        "medicare" => ("AU_MEDICARE", medicare(random)),
        "aadhaar" => ("IN_AADHAAR", aadhaar(random, plain)),
        "pan" => ("IN_PAN", pan(random)),
        "cpf" => ("BR_CPF", cpf(random)),
        "cnpj" => ("BR_CNPJ", cnpj(random)),
        "detax" => ("DE_TAX_ID", de_tax(random)),
        "nir" => ("FR_NIR", nir(random)),
        "nif" => ("ES_NIF", nif(random)),
        "nie" => ("ES_NIE", nie(random)),
        "cf" => ("IT_FISCAL_CODE", fiscal_code(random)),
        "bsn" => ("NL_BSN", bsn(random)),
        "benn" => ("BE_NATIONAL_NUMBER", belgian(random)),
        "pesel" => ("PL_PESEL", pesel(random)),
        "personnummer" => ("SE_PERSONNUMMER", personnummer(random)),
        "hetu" => ("FI_PERSONAL_IDENTITY_CODE", hetu(random)),
        "cpr" => ("DK_CPR", cpr(random)),
        "fnr" => ("NO_FODSELSNUMMER", fnr(random)),
        "ptnif" => ("PT_NIF", pt_nif(random)),
        "svnr" => ("AT_SVNR", svnr(random)),
        "ahv" => ("CH_AHV", ahv(random)),
        "pps" => ("IE_PPS", pps(random)),
        "rc" => ("CZ_RODNE_CISLO", birth_number(random)),
        "cnp" => ("RO_CNP", cnp(random)),
        "nric" => ("SG_NRIC_FIN", nric(random)),
        "rrn" => ("KR_RRN", rrn(random)),
        "zaid" => ("ZA_ID", za_id(random)),
        "trid" => ("TR_ID", tr_id(random)),
        "cnid" => ("CN_ID", cn_id(random)),
        "curp" => ("MX_CURP", curp(random)),
        "vin" => ("VIN", vin(random)),
        "imei" => ("IMEI", imei(random)),
        "passport" => ("PASSPORT", passport(form, random)),
        "licence" => ("DRIVER_LICENSE", licence(form, random)),
        "mrn" => ("MEDICAL_RECORD_NUMBER", random.pick(&["^######", "^#######", "MRN^#####", "^##-##-##"]).to_owned()),
        "dob" => ("DATE_OF_BIRTH", date_of_birth(form, random)),
        _ => return None,
    })
    .map(|(kind, text)| (kind, if kind == "MEDICAL_RECORD_NUMBER" { random.shape(&text) } else { text }))
}

/// Draws until a body has a check that can be written.
fn until(mut once: impl FnMut() -> Option<String>) -> String {
    loop {
        if let Some(found) = once() {
            return found;
        }
    }
}

pub fn ssn(random: &mut Random) -> String {
    let area = until(|| Some(format!("{:03}", random.between(1, 899))).filter(|area| area != "666"));
    format!("{area}-{:02}-{:04}", random.between(1, 99), random.between(1, 9999))
}

fn itin(random: &mut Random) -> String {
    let group = random.pick(&[50, 55, 61, 65, 70, 74, 79, 83, 88, 90, 91, 92, 94, 95, 97, 99]);
    random.shape(&format!("9##-{group}-####"))
}

fn npi(random: &mut Random) -> String {
    let body = random.pick(&["1", "2"]).to_owned() + &random.digits(8);
    let check = luhn(&format!("80840{body}"));
    format!("{body}{check}")
}

fn mbi(random: &mut Random) -> String {
    const LETTERS: &str = "ACDEFGHJKMNPQRTUVWXY";
    let mut text = String::new();
    for sign in "CAXN-AXN-AANN".chars() {
        text += &match sign {
            'C' => random.of("123456789", 1),
            'A' => random.of(LETTERS, 1),
            'X' => random.of("ACDEFGHJKMNPQRTUVWXY0123456789", 1),
            'N' => random.digits(1),
            _ => "-".to_owned(),
        };
    }
    if random.one_in(3) { text.replace('-', "") } else { text }
}

fn nhs(random: &mut Random, plain: bool) -> String {
    let number = until(|| {
        let body = random.pick(&["4", "6", "7"]).to_owned() + &random.digits(8);
        let check = (11 - weighted(&body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        (check < 10).then(|| format!("{body}{check}"))
    });
    if plain { number } else { grouped(&number, &[3, 3, 4], random.pick(&[" ", " ", "-"])) }
}

fn nino(random: &mut Random) -> String {
    let prefix = random.pick(&["AB", "CE", "EH", "JG", "JR", "LW", "NR", "PA", "SX", "TW", "WK", "ZY"]);
    let number = format!("{prefix}{}{}", random.digits(6), random.pick(&["A", "B", "C", "D"]));
    if random.one_in(2) { grouped(&number, &[2, 2, 2, 2, 1], " ") } else { number }
}

fn sin(random: &mut Random) -> String {
    let body = random.pick(&["1", "2", "4", "5", "6", "7"]).to_owned() + &random.digits(7);
    let number = format!("{body}{}", luhn(&body));
    grouped(&number, &[3, 3, 3], random.pick(&[" ", "-", ""]))
}

fn tfn(random: &mut Random) -> String {
    let number = until(|| {
        let number = random.number(9);
        weighted(&number, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11).then_some(number)
    });
    grouped(&number, &[3, 3, 3], random.pick(&[" ", ""]))
}

fn abn(random: &mut Random) -> String {
    let number = until(|| {
        let number = random.number(11);
        let sum = weighted(&number, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10;
        sum.is_multiple_of(89).then_some(number)
    });
    grouped(&number, &[2, 3, 3, 3], random.pick(&[" ", ""]))
}

fn acn(random: &mut Random) -> String {
    let body = random.digits(8);
    let check = (10 - weighted(&body, &[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10;
    grouped(&format!("{body}{check}"), &[3, 3, 3], random.pick(&[" ", ""]))
}

fn medicare(random: &mut Random) -> String {
    let body = random.pick(&["2", "3", "4", "5", "6"]).to_owned() + &random.digits(7);
    let check = weighted(&body, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10;
    let number = format!("{body}{check}{}", random.between(1, 9));
    grouped(&number, &[4, 5, 1], random.pick(&[" ", ""]))
}

fn aadhaar(random: &mut Random, plain: bool) -> String {
    let body = random.of("23456789", 1) + &random.digits(10);
    let number = format!("{body}{}", verhoeff(&body));
    if plain { number } else { grouped(&number, &[4, 4, 4], random.pick(&[" ", " ", "-"])) }
}

fn pan(random: &mut Random) -> String {
    let holder = random.pick(&["P", "P", "P", "C", "F", "H"]);
    random.shape(&format!("@@@{holder}@####@"))
}

/// Appends a digit: 11 less the weighted sum's remainder by 11, and 0 instead of 10 and 11.
fn eleven(body: &str, weights: &[u32]) -> String {
    let rest = weighted(body, weights) % 11;
    format!("{body}{}", if rest < 2 { 0 } else { 11 - rest })
}

fn cpf(random: &mut Random) -> String {
    let number = eleven(&eleven(&random.digits(9), &[10, 9, 8, 7, 6, 5, 4, 3, 2]), &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    if random.one_in(3) {
        return number;
    }
    format!("{}-{}", grouped(&number, &[3, 3, 3], "."), &number[9..])
}

fn cnpj(random: &mut Random) -> String {
    let first = eleven(&format!("{}0001", random.number(8)), &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    let number = eleven(&first, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    if random.one_in(4) {
        return number;
    }
    format!("{}/{}-{}", grouped(&number, &[2, 3, 3], "."), &number[8..12], &number[12..])
}

fn de_tax(random: &mut Random) -> String {
    let body = until(|| {
        let body = random.number(10);
        let times = |digit| body.chars().filter(|sign| *sign == digit).count();
        let often: Vec<usize> = ('0'..='9').map(times).filter(|times| *times > 1).collect();
        (often == [2]).then_some(body)
    });
    let number = format!("{body}{}", mod11_10(&body));
    if random.one_in(2) { grouped(&number, &[2, 3, 3, 3], " ") } else { number }
}

fn nir(random: &mut Random) -> String {
    let (year, month, _) = born(random);
    let (sex, department) = (random.between(1, 2), random.pick(&[13, 31, 33, 44, 59, 67, 69, 75, 92]));
    let (commune, order) = (random.between(1, 420), random.between(1, 480));
    let body = format!("{sex}{:02}{month:02}{department}{commune:03}{order:03}", year % 100);
    let key = 97 - mod97(&body);
    let number = format!("{body}{key:02}");
    if random.one_in(3) { number } else { grouped(&number, &[1, 2, 2, 2, 3, 3, 2], " ") }
}

fn dni_letter(number: usize) -> char {
    char::from(b"TRWAGMYFPDXBNJZSQVHLCKE"[number % 23])
}

fn nif(random: &mut Random) -> String {
    let number = random.between(1_000_000, 99_999_999);
    format!("{number:08}{}{}", random.pick(&["", "", "-"]), dni_letter(number))
}

fn nie(random: &mut Random) -> String {
    let (first, number) = (random.below(3), random.below(10_000_000));
    let between = random.pick(&["", "", "-"]);
    let letter = dni_letter(first * 10_000_000 + number);
    format!("{}{between}{number:07}{between}{letter}", ["X", "Y", "Z"][first])
}

fn fiscal_code(random: &mut Random) -> String {
    const ODD: [u32; 36] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16,
        10, 22, 25, 24, 23,
    ];
    let (year, month, day) = born(random);
    let name = random.of("BCDFGLMNPRSTVZ", 6);
    let month = char::from(b"ABCDEHLMPRST"[month - 1]);
    let day = day + random.pick(&[0, 40]);
    let place = random.pick(&["F205", "H501", "L219", "F839", "D612", "A944", "G273", "Z404"]);
    let body = format!("{name}{:02}{month}{day:02}{place}", year % 100);
    let value = |(at, sign): (usize, char)| {
        let value = sign.to_digit(36).unwrap_or(0);
        let even = if value > 9 { value - 10 } else { value };
        if at % 2 == 0 { ODD[value as usize] } else { even }
    };
    let sum: u32 = body.chars().enumerate().map(value).sum();
    format!("{body}{}", char::from(b'A' + (sum % 26) as u8))
}

fn bsn(random: &mut Random) -> String {
    let number = until(|| {
        let body = random.number(8);
        let check = weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        (check < 10).then(|| format!("{body}{check}"))
    });
    if random.one_in(3) { grouped(&number, &[4, 2, 3], ".") } else { number }
}

fn belgian(random: &mut Random) -> String {
    let (year, month, day) = born(random);
    let body = format!("{:02}{month:02}{day:02}{:03}", year % 100, random.between(1, 998));
    let century = if year < 2000 { "" } else { "2" };
    let number = format!("{body}{:02}", 97 - mod97(&format!("{century}{body}")));
    if random.one_in(3) {
        return number;
    }
    format!("{}-{}.{}", grouped(&number, &[2, 2, 2], "."), &number[6..9], &number[9..])
}

fn pesel(random: &mut Random) -> String {
    let (year, month, day) = born(random);
    let month = if year < 2000 { month } else { month + 20 };
    let body = format!("{:02}{month:02}{day:02}{}", year % 100, random.digits(4));
    format!("{body}{}", (10 - weighted(&body, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10)
}

fn personnummer(random: &mut Random) -> String {
    let (year, month, day) = born(random);
    let (date, serial) = (format!("{:02}{month:02}{day:02}", year % 100), random.digits(3));
    let check = luhn(&format!("{date}{serial}"));
    let century = if random.one_in(2) { (year / 100).to_string() } else { String::new() };
    format!("{century}{date}-{serial}{check}")
}

fn hetu(random: &mut Random) -> String {
    let (year, month, day) = born(random);
    let (date, serial) = (format!("{day:02}{month:02}{:02}", year % 100), format!("{:03}", random.between(2, 899)));
    let number: usize = format!("{date}{serial}").parse().unwrap_or(0);
    let sign = if year < 2000 { '-' } else { 'A' };
    format!("{date}{sign}{serial}{}", char::from(b"0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31]))
}

fn cpr(random: &mut Random) -> String {
    until(|| {
        let (year, month, day) = born(random);
        let century = if year < 2000 { random.between(0, 3) } else { random.between(4, 9) };
        let date = format!("{day:02}{month:02}{:02}", year % 100);
        let body = format!("{date}{century}{}", random.digits(2));
        let check = (11 - weighted(&body, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        (check < 10).then(|| format!("{date}-{}{check}", &body[6..]))
    })
}

fn fnr(random: &mut Random) -> String {
    let number = until(|| {
        let (year, month, day) = born(random);
        let series = if year < 2000 { random.between(0, 499) } else { random.between(500, 999) };
        let body = format!("{day:02}{month:02}{:02}{series:03}", year % 100);
        let first = (11 - weighted(&body, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
        let body = (first < 10).then(|| format!("{body}{first}"))?;
        let second = (11 - weighted(&body, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        (second < 10).then(|| format!("{body}{second}"))
    });
    if random.one_in(2) { grouped(&number, &[6, 5], " ") } else { number }
}

fn pt_nif(random: &mut Random) -> String {
    let body = random.pick(&["1", "2", "2", "5"]).to_owned() + &random.digits(7);
    let number = eleven(&body, &[9, 8, 7, 6, 5, 4, 3, 2]);
    grouped(&number, &[3, 3, 3], random.pick(&[" ", "", ""]))
}

fn svnr(random: &mut Random) -> String {
    until(|| {
        let (year, month, day) = born(random);
        let (serial, date) = (random.between(100, 999), format!("{day:02}{month:02}{:02}", year % 100));
        let check = weighted(&format!("{serial}{date}"), &[3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11;
        let between = random.pick(&[" ", ""]);
        (check < 10).then(|| format!("{serial}{check}{between}{date}"))
    })
}

fn ahv(random: &mut Random) -> String {
    let body = format!("756{}", random.digits(9));
    let check = (10 - weighted(&body, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10) % 10;
    grouped(&format!("{body}{check}"), &[3, 4, 4, 2], random.pick(&[".", ".", ""]))
}

fn pps(random: &mut Random) -> String {
    let body = random.number(7);
    let second = random.pick(&[0, 0, 1, 2]);
    let sum = weighted(&body, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second;
    let letters = b"WABCDEFGHIJKLMNOPQRSTUV";
    let check = char::from(letters[(sum % 23) as usize]);
    format!("{body}{check}{}", if second == 0 { "" } else { ["A", "B"][second as usize - 1] })
}

fn birth_number(random: &mut Random) -> String {
    until(|| {
        let (year, month, day) = (random.between(1955, 2003), random.between(1, 12), random.between(1, 28));
        let month = month + random.pick(&[0, 50]);
        let date = format!("{:02}{month:02}{day:02}", year % 100);
        let body: u64 = format!("{date}{}", random.digits(3)).parse().ok()?;
        let check = (0..10).find(|check| (body * 10 + check).is_multiple_of(11))?;
        let number = format!("{body:09}{check}");
        Some(format!("{}/{}", &number[..6], &number[6..]))
    })
}

fn cnp(random: &mut Random) -> String {
    let (year, month, day) = born(random);
    let sex = random.between(1, 2) + if year < 2000 { 0 } else { 4 };
    let (county, serial) = (random.between(1, 46), random.between(1, 999));
    let body = format!("{sex}{:02}{month:02}{day:02}{county:02}{serial:03}", year % 100);
    let rest = weighted(&body, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    format!("{body}{}", if rest == 10 { 1 } else { rest })
}

fn nric(random: &mut Random) -> String {
    let first = random.pick(&["S", "T", "F", "G"]);
    let body = random.digits(7);
    let offset = if matches!(first, "T" | "G") { 4 } else { 0 };
    let rest = (weighted(&body, &[2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
    let letters = if matches!(first, "S" | "T") { b"JZIHGFEDCBA" } else { b"XWUTRQPNMLK" };
    format!("{first}{body}{}", char::from(letters[rest as usize]))
}

fn rrn(random: &mut Random) -> String {
    let (year, month, day) = born(random);
    let sex = random.between(1, 2) + if year < 2000 { 0 } else { 2 };
    let body = format!("{:02}{month:02}{day:02}{sex}{}", year % 100, random.digits(5));
    let check = (11 - weighted(&body, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10;
    format!("{}-{}{check}", &body[..6], &body[6..])
}

fn za_id(random: &mut Random) -> String {
    let (year, month, day) = born(random);
    let body = format!("{:02}{month:02}{day:02}{}08", year % 100, random.digits(4));
    format!("{body}{}", luhn(&body))
}

fn tr_id(random: &mut Random) -> String {
    let body = random.number(9);
    let digits = digits(&body);
    let odd: u32 = digits.iter().step_by(2).sum();
    let even: u32 = digits.iter().skip(1).step_by(2).sum();
    let tenth = (odd * 7 + 100 - even) % 10;
    format!("{body}{tenth}{}", (odd + even + tenth) % 10)
}

fn cn_id(random: &mut Random) -> String {
    let (year, month, day) = born(random);
    let place = random.pick(&["110101", "310104", "440305", "330106", "510107", "420111"]);
    let body = format!("{place}{year}{month:02}{day:02}{:03}", random.between(1, 499));
    let rest = weighted(&body, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
    format!("{body}{}", char::from(b"10X98765432"[rest as usize]))
}

fn curp(random: &mut Random) -> String {
    let (year, month, day) = born(random);
    let state = random.pick(&["DF", "JC", "NL", "PL", "MC", "GT", "VZ", "OC"]);
    let name = format!("{}{}{}", random.of("BCDFGLMRSTV", 1), random.of("AEIOU", 1), random.of("BCDFGLMRST", 2));
    let inner = random.of("BCDFGLMNRST", 3);
    let sex = random.pick(&["H", "M"]);
    let added = if year < 2000 { "0" } else { "A" };
    let body = format!("{name}{:02}{month:02}{day:02}{sex}{state}{inner}{added}", year % 100);
    // Ñ stands between N and O, so letters after it count one more.
    let value = |sign: char| sign.to_digit(36).map_or(0, |value| if sign > 'N' { value + 1 } else { value });
    let sum: u32 = body.chars().zip((2..=18).rev()).map(|(sign, weight)| value(sign) * weight).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn vin(random: &mut Random) -> String {
    const SIGNS: &str = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
    const LETTERS: [u32; 26] = [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9];
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let maker = random.pick(&["1HG", "WVW", "5YJ", "JTD", "WBA", "3FA", "KMH", "1FT"]);
    let start = maker.to_owned() + &random.of(SIGNS, 5);
    let end =
        random.of("ABCDEFGHJKLMNPRSTVWXY123456789", 1) + &random.of("ABCDEFGHJKLMNPRSTUVWXYZ", 1) + &random.digits(6);
    let value = |sign: char| sign.to_digit(10).unwrap_or_else(|| LETTERS[sign as usize - 'A' as usize]);
    let whole = format!("{start}0{end}");
    let sum: u32 = whole.chars().zip(WEIGHTS).map(|(sign, weight)| value(sign) * weight).sum();
    format!("{start}{}{end}", char::from(b"0123456789X"[(sum % 11) as usize]))
}

fn imei(random: &mut Random) -> String {
    let body = random.pick(&["35", "86", "01"]).to_owned() + &random.digits(12);
    let number = format!("{body}{}", luhn(&body));
    if random.one_in(3) { grouped(&number, &[2, 6, 6, 1], "-") } else { number }
}

fn passport(form: &str, random: &mut Random) -> String {
    random.shape(match form {
        "de" => "C0^X@####",
        "fr" => "^#@@#####",
        "in" => "@^######",
        "uk" => "^########",
        "es" => "@@@######",
        "it" => "Y@#######",
        _ => random.clone().pick(&["^########", "@########", "@@#######"]),
    })
}

fn licence(form: &str, random: &mut Random) -> String {
    random.shape(match form {
        "uk" => "MORGA^57034@@9@@",
        "de" => "B0^2##N1K#1",
        _ => random.clone().pick(&["@^######", "@###-####-####", "^########", "@@######", "@############"]),
    })
}

fn date_of_birth(form: &str, random: &mut Random) -> String {
    let (year, month, day) = born(random);
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let long = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    match form {
        "iso" => format!("{year}-{month:02}-{day:02}"),
        "us" => format!("{month:02}/{day:02}/{year}"),
        "slash" => format!("{day:02}/{month:02}/{year}"),
        "dot" => format!("{day:02}.{month:02}.{year}"),
        "dash" => format!("{day:02}-{month:02}-{year}"),
        "short" => format!("{day:02}-{}-{year}", names[month - 1]),
        "long" => format!("{} {day}, {year}", long[month - 1]),
        "british" => format!("{day} {} {year}", long[month - 1]),
        "eight" => format!("{year}{month:02}{day:02}"),
        _ => {
            let form = random.pick(&["iso", "us", "slash", "dot", "short", "long", "british"]);
            date_of_birth(form, random)
        }
    }
}
