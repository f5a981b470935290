//! What the header of a column says of the cells below it.

use syndic_detect::{Context, Scanner};

type Case<'a> = (&'a str, &'a [(&'a str, &'a str)]);

fn check(cases: &[Case<'_>]) {
    let scanner = Scanner::builder().build();
    for (text, values) in cases {
        let findings = scanner.scan(text, &Context::default()).unwrap();
        let found: Vec<_> = findings
            .iter()
            .map(|one| (one.entity.to_string(), text.get(one.span.clone()).unwrap().to_owned()))
            .collect();
        let values: Vec<_> = values
            .iter()
            .map(|(entity, value)| ((*entity).to_owned(), (*value).to_owned()))
            .collect();
        assert_eq!(found, values, "{text}");
    }
}

#[test]
fn a_header_tells_of_every_row_below_it() {
    check(&[
        (
            "id,born,tin\nE1,1952-06-03,7\nE2,1949-10-28,8\nE3,1984-06-26,9",
            &[
                ("DATE_OF_BIRTH", "1952-06-03"),
                ("DATE_OF_BIRTH", "1949-10-28"),
                ("DATE_OF_BIRTH", "1984-06-26"),
            ],
        ),
        (
            "order\tphone\nA1\t0651340811\nA2\t0651340812\n",
            &[("PHONE_NUMBER", "0651340811"), ("PHONE_NUMBER", "0651340812")],
        ),
        (
            "name;\"birth date\"\n\"Miller; Jo\";\"14.08.1954\"\nB;12.04.1969\n",
            &[("DATE_OF_BIRTH", "14.08.1954"), ("DATE_OF_BIRTH", "12.04.1969")],
        ),
        (
            "| Name | Born |\n| --- | :-: |\n| A | 1989-04-23 |\n| B | 1946-05-10 |\nOn 2024-05-10.",
            &[("DATE_OF_BIRTH", "1989-04-23"), ("DATE_OF_BIRTH", "1946-05-10")],
        ),
        (
            " mrn | seen\n-----+-----\n 3180839 | 2024-05-10\n 5262702 | 2024-05-11\n",
            &[("MEDICAL_RECORD_NUMBER", "3180839"), ("MEDICAL_RECORD_NUMBER", "5262702")],
        ),
        ("user,pin,cvv\nbob,4821,123\n", &[("PIN", "4821"), ("CVV", "123")]),
        (
            "login,password\nops,winter-dragonfly-36\ndev,copper2018!\n",
            &[("SECRET", "winter-dragonfly-36"), ("SECRET", "copper2018!")],
        ),
    ]);
}

#[test]
fn a_list_of_columns_tells_of_what_is_inserted() {
    check(&[
        (
            "COPY p (mrn, nhs_number) FROM stdin;\nMRN597974\t4759135944\n34421762\t4512216774\n\\.",
            &[
                ("MEDICAL_RECORD_NUMBER", "MRN597974"),
                ("UK_NHS", "4759135944"),
                ("MEDICAL_RECORD_NUMBER", "34421762"),
                ("UK_NHS", "4512216774"),
            ],
        ),
        (
            "INSERT INTO p (id, birth_date) VALUES (1, '1993-04-26'), (2, '1942-05-28');",
            &[("DATE_OF_BIRTH", "1993-04-26"), ("DATE_OF_BIRTH", "1942-05-28")],
        ),
    ]);
}

#[test]
fn what_only_resembles_a_table_tells_of_nothing() {
    check(&[
        ("order_id,sku\nA1,4012888888881881\nA2,415-555-0132\n", &[]),
        ("id,created_at\n1,1993-04-26\n2,1942-05-28\n", &[]),
        (
            "Dear customer, we were born ready to serve you every day\nand this is a line of words, many of them and none that tells, and so on\nwhich it may, 1993-04-26\n",
            &[],
        ),
        ("fn call(phone, id) {\n    add(12345678, 3)\n", &[]),
        (
            "INSERT INTO p (birth_date, id VALUES (1, 'a name that is longer than a keyword reaches, by some', '1993-04-26', (2",
            &[],
        ),
    ]);
}
