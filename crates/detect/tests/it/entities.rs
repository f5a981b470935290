//! What is found as what: a text, and of it the values with their types. Nothing else may be found.

use syndic_detect::{Context, Entity, Region, Scanner, Score};

type Case<'a> = (&'a str, &'a [(&'a str, &'a str)]);

fn found(scanner: &Scanner, text: &str, context: &Context<'_>) -> Vec<(String, String)> {
    let findings = scanner.scan(text, context).unwrap();
    let shown = findings.iter();
    shown
        .map(|one| (one.entity.to_string(), text.get(one.span.clone()).unwrap().to_owned()))
        .collect()
}

fn check(cases: &[Case<'_>]) {
    let scanner = Scanner::builder().build();
    for (text, values) in cases {
        let values: Vec<_> = values
            .iter()
            .map(|(entity, value)| ((*entity).to_owned(), (*value).to_owned()))
            .collect();
        assert_eq!(found(&scanner, text, &Context::default()), values, "{text}");
    }
}

#[test]
fn an_address_of_mail_is_found_whole_and_without_what_surrounds_it() {
    check(&[
        ("info@example.com", &[("EMAIL_ADDRESS", "info@example.com")]),
        ("user=a.b+c@mail.example.co.uk,", &[("EMAIL_ADDRESS", "a.b+c@mail.example.co.uk")]),
        ("<mailto:jo@example.org>.", &[("EMAIL_ADDRESS", "jo@example.org")]),
        ("'o'brien@example.ie'", &[("EMAIL_ADDRESS", "o'brien@example.ie")]),
        ("user@xn--80ak6aa92e.com", &[("EMAIL_ADDRESS", "user@xn--80ak6aa92e.com")]),
        ("a@b.co or c@d.co", &[("EMAIL_ADDRESS", "a@b.co"), ("EMAIL_ADDRESS", "c@d.co")]),
        ("info@example.", &[]),
        ("@types/node@18.0.0 and logo@2x.png", &[]),
        ("git clone git@github.com:owner/name.git", &[]),
        ("https://jo@example.com/path", &[]),
    ]);
}

#[test]
fn a_phone_number_is_found_by_its_country_its_form_or_a_word() {
    check(&[
        ("+33 6 12 38 75 55", &[("PHONE_NUMBER", "+33 6 12 38 75 55")]),
        ("+13057548245", &[("PHONE_NUMBER", "+13057548245")]),
        ("at +44 (0)20 7946 0958.", &[("PHONE_NUMBER", "+44 (0)20 7946 0958")]),
        ("+55 11 96650-5737", &[("PHONE_NUMBER", "+55 11 96650-5737")]),
        ("(415) 555-0132", &[("PHONE_NUMBER", "(415) 555-0132")]),
        ("(415)555-0132", &[("PHONE_NUMBER", "(415)555-0132")]),
        ("415-555-0132 x123", &[("PHONE_NUMBER", "415-555-0132 x123")]),
        ("345-899-3560x4587", &[("PHONE_NUMBER", "345-899-3560x4587")]),
        ("001-518-640-0854", &[("PHONE_NUMBER", "001-518-640-0854")]),
        ("01.84.17.61.18", &[("PHONE_NUMBER", "01.84.17.61.18")]),
        ("tel: 60-56-85-91", &[("PHONE_NUMBER", "60-56-85-91")]),
        ("call 4045551234 today", &[("PHONE_NUMBER", "4045551234")]),
        ("090-1234-5678", &[("PHONE_NUMBER", "090-1234-5678")]),
        ("order 4045551234", &[]),
        ("4045551234", &[]),
        ("at 44.135660, -179.720274", &[]),
        ("+1 234 567 8901", &[("PHONE_NUMBER", "+1 234 567 8901")]),
        ("+1 123 456 7890", &[]),
    ]);
}

#[test]
fn a_number_without_a_country_is_taken_to_be_of_the_region() {
    let scanner = Scanner::builder().build();
    let text = "reach us: 030 901820123";
    let context = Context { region: Region::new("DE"), ..Context::default() };
    let plain = "see 030 901820123";
    assert_eq!(found(&scanner, text, &context).len(), 1);
    assert_eq!(
        found(&scanner, plain, &context),
        [("PHONE_NUMBER".to_owned(), "030 901820123".to_owned())]
    );
    assert!(found(&scanner, plain, &Context::default()).is_empty());
}

#[test]
fn a_card_has_an_issuer_and_a_check_digit() {
    check(&[
        ("4012888888881881", &[("CREDIT_CARD", "4012888888881881")]),
        ("4012-8888-8888-1881", &[("CREDIT_CARD", "4012-8888-8888-1881")]),
        ("4012 8888 8888 1881 12/28", &[("CREDIT_CARD", "4012 8888 8888 1881")]),
        ("371449635398431", &[("CREDIT_CARD", "371449635398431")]),
        ("3714 496353 98431", &[("CREDIT_CARD", "3714 496353 98431")]),
        ("30569309025904", &[("CREDIT_CARD", "30569309025904")]),
        ("6759649826438453", &[("CREDIT_CARD", "6759649826438453")]),
        ("\"card\":\"5019717010103742\"", &[("CREDIT_CARD", "5019717010103742")]),
        ("card 630490017740292441", &[("CREDIT_CARD", "630490017740292441")]),
        ("7,4012888888881881,12", &[("CREDIT_CARD", "4012888888881881")]),
        ("/2/4012888888881881/", &[("CREDIT_CARD", "4012888888881881")]),
        ("4012888888881881:12/28:123", &[("CREDIT_CARD", "4012888888881881")]),
        ("card_4012888888881881.txt", &[("CREDIT_CARD", "4012888888881881")]),
        ("4012888888881882", &[]),
        ("\"sku\":\"4012888888881881\"", &[]),
        ("0.4012888888881881", &[]),
        ("1111-4012-8888-8888-1881", &[]),
    ]);
}

#[test]
fn an_account_or_a_routing_number_is_found() {
    check(&[
        ("DE89370400440532013000", &[("IBAN_CODE", "DE89370400440532013000")]),
        ("GB82 WEST 1234 5698 7654 32,", &[("IBAN_CODE", "GB82 WEST 1234 5698 7654 32")]),
        ("DE89370400440532013001", &[]),
        ("DE8937040044053201300", &[]),
        ("routing number: 121000358", &[("ABA_ROUTING", "121000358")]),
        ("routing number: 121000359", &[]),
        ("bank account number 12345678", &[("BANK_ACCOUNT", "12345678")]),
    ]);
}

#[test]
fn an_address_of_a_network_is_found_in_every_form() {
    check(&[
        ("from 194.18.1.7.", &[("IP_ADDRESS", "194.18.1.7")]),
        ("node:198.18.200.7", &[("IP_ADDRESS", "198.18.200.7")]),
        ("1,203.0.113.9,x", &[("IP_ADDRESS", "203.0.113.9")]),
        ("http://203.0.113.9:8080/", &[("IP_ADDRESS", "203.0.113.9")]),
        ("[2001:db8::1]:443", &[("IP_ADDRESS", "2001:db8::1")]),
        (
            "ip=684D:1111:222:3333:4444:5555:6:77",
            &[("IP_ADDRESS", "684D:1111:222:3333:4444:5555:6:77")],
        ),
        ("::ffff:192.0.2.1", &[("IP_ADDRESS", "::ffff:192.0.2.1")]),
        ("fe80::1%eth0", &[("IP_ADDRESS", "fe80::1%eth0")]),
        ("version 10.2.3.4", &[]),
        ("Chrome/120.0.6099.71", &[]),
        ("v1.2.3.4 and 1.2.3 and 192.168.0", &[]),
        ("256.1.1.1", &[]),
        ("std::collections::HashMap, a::b, 12:34:56", &[]),
        ("00:1A:2B:3C:4D:5E", &[("MAC_ADDRESS", "00:1A:2B:3C:4D:5E")]),
        ("AA-BB-CC-DD-EE-F0", &[("MAC_ADDRESS", "AA-BB-CC-DD-EE-F0")]),
        ("mac 0012.3456.789a", &[("MAC_ADDRESS", "0012.3456.789a")]),
        ("FF:FF:FF:FF:FF:FF", &[]),
        ("00:1A:2B:3C:4D", &[]),
        ("5E:00:1A:2B:3C:4D:5E:11:22:33:44", &[]),
    ]);
}

#[test]
fn an_address_of_a_currency_has_its_check() {
    check(&[
        ("16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ", &[("CRYPTO", "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ")]),
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", &[("CRYPTO", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy")]),
        (
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            &[("CRYPTO", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq")],
        ),
        (
            "0x9be0448c73b326f6d7881fdb2e9d17581660c1bc",
            &[("CRYPTO", "0x9be0448c73b326f6d7881fdb2e9d17581660c1bc")],
        ),
        ("16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ2", &[]),
        ("0x0000000000000000000000000000000000000000", &[]),
    ]);
}

#[test]
fn a_number_of_a_person_is_found_by_its_form() {
    check(&[
        ("078-05-1123", &[("US_SSN", "078-05-1123")]),
        ("7,078-05-1123,x", &[("US_SSN", "078-05-1123")]),
        ("abc 078 05 1123 abc", &[("US_SSN", "078 05 1123")]),
        ("911-70-1234", &[("US_ITIN", "911-70-1234")]),
        ("401-023-2137", &[("UK_NHS", "401-023-2137")]),
        ("AA123456B", &[("UK_NINO", "AA123456B")]),
        ("AA 12 34 56 B", &[("UK_NINO", "AA 12 34 56 B")]),
        ("nino: PR 123612C", &[("UK_NINO", "PR 123612C")]),
        ("tw987654a", &[("UK_NINO", "tw987654a")]),
        ("BG123612A", &[]),
        ("4239 5641 3192", &[("IN_AADHAAR", "4239 5641 3192")]),
        ("RPGPR0807B", &[("IN_PAN", "RPGPR0807B")]),
        ("123.456.789-09", &[("BR_CPF", "123.456.789-09")]),
        ("11.222.333/0001-81", &[("BR_CNPJ", "11.222.333/0001-81")]),
        ("1 85 05 78 006 084 91", &[("FR_NIR", "1 85 05 78 006 084 91")]),
        ("12345678Z", &[("ES_NIF", "12345678Z")]),
        ("NIE X-9613851-N", &[("ES_NIE", "X-9613851-N")]),
        ("X9613851N and Y8063915-Z", &[("ES_NIE", "X9613851N"), ("ES_NIE", "Y8063915-Z")]),
        ("RSSMRA85T10A562S", &[("IT_FISCAL_CODE", "RSSMRA85T10A562S")]),
        ("85.07.30-033.28", &[("BE_NATIONAL_NUMBER", "85.07.30-033.28")]),
        ("131052-308T", &[("FI_PERSONAL_IDENTITY_CODE", "131052-308T")]),
        ("811228-9874", &[("SE_PERSONNUMMER", "811228-9874")]),
        ("756.9217.0769.85", &[("CH_AHV", "756.9217.0769.85")]),
        ("1EG4-TE5-MK73", &[("US_MBI", "1EG4-TE5-MK73")]),
        ("S1234567D", &[("SG_NRIC_FIN", "S1234567D")]),
        ("11010519491231002X", &[("CN_ID", "11010519491231002X")]),
        ("1M8GDM9AXKP042788", &[("VIN", "1M8GDM9AXKP042788")]),
        ("49-015420-323751-8", &[("IMEI", "49-015420-323751-8")]),
    ]);
}

#[test]
fn digits_alone_are_of_a_person_only_beside_a_word_that_says_so() {
    let cases = [
        ("ssn", "078051123", "US_SSN"),
        ("customerSsn", "078051123", "US_SSN"),
        ("NHS number", "4010232137", "UK_NHS"),
        ("Aadhaar", "423956413192", "IN_AADHAAR"),
        ("BSN", "111222333", "NL_BSN"),
        ("PESEL", "44051401359", "PL_PESEL"),
        ("Steuer-ID", "86095742719", "DE_TAX_ID"),
        ("CPF", "12345678909", "BR_CPF"),
        ("SIN", "130692544", "CA_SIN"),
        ("tax file number", "876543210", "AU_TFN"),
        ("ABN", "51824753556", "AU_ABN"),
        ("ACN", "005499981", "AU_ACN"),
        ("medicare number", "2123456701", "AU_MEDICARE"),
        ("NPI", "1234567893", "US_NPI"),
        ("NIF", "123456789", "PT_NIF"),
        ("CNP", "1800101221144", "RO_CNP"),
        ("South African ID", "8001015009087", "ZA_ID"),
        ("TC kimlik no", "10000000146", "TR_ID"),
        ("fødselsnummer", "15076500565", "NO_FODSELSNUMMER"),
        ("CPR", "070761-4285", "DK_CPR"),
        ("rodné číslo", "736028/5163", "CZ_RODNE_CISLO"),
        ("SVNR", "1237 010180", "AT_SVNR"),
        ("PPSN", "1234567T", "IE_PPS"),
        ("CURP", "HEGG560427MVZRRL04", "MX_CURP"),
        ("주민등록번호", "960121-1234567", "KR_RRN"),
        ("IMEI", "490154203237518", "IMEI"),
        ("passport no.", "C01X00T47", "PASSPORT"),
        ("driver's license", "D12345678", "DRIVER_LICENSE"),
        ("MRN", "00123456", "MEDICAL_RECORD_NUMBER"),
        ("CVV", "123", "CVV"),
        ("PIN", "4821", "PIN"),
        ("date of birth", "26/03/1956", "DATE_OF_BIRTH"),
        ("DOB", "March 26, 1956", "DATE_OF_BIRTH"),
        ("born on the", "26th of March 1956", "DATE_OF_BIRTH"),
        ("geboren am", "26. März 1956", "DATE_OF_BIRTH"),
        ("birth_date", "1956-03-26", "DATE_OF_BIRTH"),
    ];
    let scanner = Scanner::builder().build();
    for (word, value, entity) in cases {
        let expected = [(entity.to_owned(), value.to_owned())];
        for text in [
            format!("{word}: {value}"),
            format!("{word} {value}."),
            format!("{{\"{word}\":\"{value}\"}}"),
            format!("the {word} is {value}, as you know"),
        ] {
            assert_eq!(found(&scanner, &text, &Context::default()), expected, "{text}");
        }
        let key = Context { key: Some(word), ..Context::default() };
        assert_eq!(found(&scanner, value, &key), expected, "{value} under {word}");
    }
}

#[test]
fn the_nearest_word_wins() {
    check(&[
        (
            "SSN: 078-05-1123\nRouting number: 121000358",
            &[("US_SSN", "078-05-1123"), ("ABA_ROUTING", "121000358")],
        ),
        ("{\"ssn\":\"078051123\",\"order_id\":\"078051124\"}", &[("US_SSN", "078051123")]),
        (
            "phone 404 473 4495, NHS 943 476 5919",
            &[("PHONE_NUMBER", "404 473 4495"), ("UK_NHS", "943 476 5919")],
        ),
        ("the public policy 078051123", &[]),
        ("Medicare card 2123456701", &[("AU_MEDICARE", "2123456701")]),
        ("card\tamount\n4012888888881881", &[("CREDIT_CARD", "4012888888881881")]),
        ("from 151.200.128.41 port 22", &[("IP_ADDRESS", "151.200.128.41")]),
        ("DOB: 09/01/1967\nAdmitted 2024-02-23", &[("DATE_OF_BIRTH", "09/01/1967")]),
        ("078051123 is my SSN", &[("US_SSN", "078051123")]),
    ]);
}

#[test]
fn what_machines_write_is_nothing_of_a_person() {
    check(&[
        ("2023-10-09T22:41:35.479291Z INFO job 4529930540267517827 done", &[]),
        ("commit c7f76d45fef6806a17981c48be81e9250bf1c1b170c4fc35de8b69c45f97d113", &[]),
        ("index 12bba21..2ec9786 100644", &[]),
        ("id 53dbf073-d312-496f-add7-2a334756f35c", &[]),
        ("lib v2.16.25 -> v5.29.16, retry=760208559 latency_ms=730928", &[]),
        ("{\"order_id\":1710497779868435172,\"price\":\"$83047.20\",\"ts\":1666183035826}", &[]),
        ("order #71432178 totalling €25115,60 shipped via 1ZUPZ1NE13TNHVRZYO", &[]),
        ("ISBN 978-1-2172-3308-9 is at 11.578830, -15.954738", &[]),
        ("0x7fff5fbff8c0 1.5e-10 1,234,567.89 100% 3.14159265358979", &[]),
        ("of a strength of P-521, index 000, security 123", &[]),
        ("listen on 127.0.0.1:80, host: 0.0.0.0", &[]),
        ("max calls: 1000000000", &[]),
        ("20231225103000 20231225 12/25/2023 10:30:00", &[]),
        ("checksum = \"9af9ed3a1b2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6\"", &[]),
    ]);
}

#[test]
fn what_is_off_is_found_when_asked_for_and_what_is_on_is_not_when_not() {
    let text = "on 2024-03-26 to jo@example.com";
    let scanner = Scanner::builder().with(Entity::Date).without(Entity::EmailAddress).build();
    assert_eq!(
        found(&scanner, text, &Context::default()),
        [("DATE".to_owned(), "2024-03-26".to_owned())]
    );
}

#[test]
fn places_and_identifiers_of_the_web_are_found_when_asked_for() {
    let scanner = Scanner::builder().with(Entity::Uuid).with(Entity::Url).build();
    let text = "see https://example.com/a?b=c#d, (abcdefab-abcd-abcd-abcd-abcdefabcdef) and id=53dbf073-d312-496f-add7-2a334756f35c.";
    let expected = [
        ("URL", "https://example.com/a?b=c#d"),
        ("UUID", "abcdefab-abcd-abcd-abcd-abcdefabcdef"),
        ("UUID", "53dbf073-d312-496f-add7-2a334756f35c"),
    ];
    let expected = expected.map(|(entity, value)| (entity.to_owned(), value.to_owned()));
    assert_eq!(found(&scanner, text, &Context::default()), expected);
}

#[test]
fn a_word_speaks_of_its_own_value_and_no_other() {
    check(&[
        ("D.O.B.: 15/01/1949", &[("DATE_OF_BIRTH", "15/01/1949")]),
        ("Nacida el 3 de mayo de 1980", &[("DATE_OF_BIRTH", "3 de mayo de 1980")]),
        ("DOB 1956-03-26. Seen on 2024-04-01.", &[("DATE_OF_BIRTH", "1956-03-26")]),
        ("I need the IMEI.\nMe: 869787768468326", &[("IMEI", "869787768468326")]),
        ("I need the IMEI.\nStatus: 869787768468326", &[]),
        ("the card with number 2668311522 (Medicare)", &[("AU_MEDICARE", "2668311522")]),
        ("llámame al 612345678", &[("PHONE_NUMBER", "612345678")]),
        ("does 933-346-6221-NY fit", &[]),
        (
            "contact support@example.com when 382-2220 is gone",
            &[("EMAIL_ADDRESS", "support@example.com")],
        ),
        ("<build-bot> does anybody know why 104.214.135.59", &[("IP_ADDRESS", "104.214.135.59")]),
        ("card 4368 6031 2727 7374", &[]),
        ("social security number 586789752", &[("US_SSN", "586789752")]),
    ]);
}

#[test]
fn a_domain_has_a_top_level_that_exists_and_is_no_file_or_code() {
    let scanner = Scanner::builder().with(Entity::Domain).build();
    let cases: [(&str, &[&str]); 12] = [
        ("see example.com.", &["example.com"]),
        ("at https://www.shop.example.de/a/b.html?x=1", &["www.shop.example.de"]),
        ("(mail.EXAMPLE.ORG)", &["mail.EXAMPLE.ORG"]),
        ("xn--bcher-kva.xn--p1ai works", &["xn--bcher-kva.xn--p1ai"]),
        ("domain: syndic.rs", &["syndic.rs"]),
        ("service.gov.uk, nic.fr", &["service.gov.uk", "nic.fr"]),
        ("main.rs, README.md, lib.so.6 and setup.py", &[]),
        ("self.net() and a.b.com(", &[]),
        ("src/example.com", &[]),
        ("3.14, 1.2.3 and e.g. i.e.", &[]),
        ("-a-.com ..com a..com", &[]),
        ("end of sentence.Next one", &[]),
    ];
    for (text, domains) in cases {
        let domains: Vec<_> =
            domains.iter().map(|one| ("DOMAIN_NAME".to_owned(), (*one).to_owned())).collect();
        assert_eq!(found(&scanner, text, &Context::default()), domains, "{text}");
    }
    let mail = found(&scanner, "jo@example.com", &Context::default());
    assert_eq!(mail, [("EMAIL_ADDRESS".to_owned(), "jo@example.com".to_owned())]);
}

#[test]
fn a_postal_code_is_told_by_its_form_an_address_or_a_word() {
    let scanner = Scanner::builder().with(Entity::PostalCode).build();
    let cases: [(&str, &[&str]); 16] = [
        ("San Francisco, CA 94105", &["94105"]),
        ("zip code 94105-1234", &["94105-1234"]),
        ("\"postal_code\": \"28013\"", &["28013"]),
        ("London SW1A 1AA, or M1 1AE", &["SW1A 1AA", "M1 1AE"]),
        ("postcode EC1A1BB", &["EC1A1BB"]),
        ("Ottawa K1A 0B1", &["K1A 0B1"]),
        ("Bahnhofstr. 95, 36430 Kassel", &["36430"]),
        ("F-75001 Paris", &["75001"]),
        ("PLZ 04109", &["04109"]),
        ("Damrak 1, 1012 AB Amsterdam", &["1012 AB"]),
        ("codice CAP: 00185", &["00185"]),
        ("in 2024 EU rules took 12345 steps", &[]),
        ("order 94105, 12345-6789", &[]),
        ("zip 123456, 1.94105", &[]),
        ("the A1 2BC or EC1A1BB", &[]),
        ("$94105 and #94105", &[]),
    ];
    for (text, codes) in cases {
        let codes: Vec<_> =
            codes.iter().map(|one| ("POSTAL_CODE".to_owned(), (*one).to_owned())).collect();
        assert_eq!(found(&scanner, text, &Context::default()), codes, "{text}");
    }
}

#[test]
fn a_lower_floor_reports_what_is_less_sure() {
    let scanner = Scanner::builder().floor(Score::new(20)).build();
    assert_eq!(
        found(&scanner, "078051123", &Context::default()),
        [("US_SSN".to_owned(), "078051123".to_owned())]
    );
}
