//! Words that tell what a value near them is.

use crate::entity::Kind::{self, *};
use crate::kinds::Kinds;

/// A word, of which the last bytes count, as one number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    bytes: u128,
    length: usize,
}

impl Word {
    /// The word of `bytes` at `from..to`.
    #[inline]
    pub(crate) fn of(bytes: &[u8], from: usize, to: usize) -> Self {
        let length = to.saturating_sub(from).min(LONGEST);
        let wide = to.checked_sub(LONGEST).and_then(|start| bytes.get(start..to)?.first_chunk());
        let wide = wide.copied().unwrap_or_else(|| {
            let mut wide = [0; LONGEST];
            let front = bytes.get(..to).unwrap_or_default();
            for (to, from) in wide.iter_mut().rev().zip(front.iter().rev()) {
                *to = *from;
            }
            wide
        });
        let wide = u128::from_le_bytes(wide);
        Self { bytes: if length == 0 { 0 } else { wide >> (8 * (LONGEST - length)) }, length }
    }

    /// Tells at little cost whether the word at `from..to` may be a keyword: whether one of its length ends so.
    #[inline]
    pub(crate) fn may_be(bytes: &[u8], from: usize, to: usize) -> bool {
        let word = bytes.get(from..to).unwrap_or_default();
        let [.., before, last] = *word else { return false };
        let lengths = ENDS.get(end(before, last)).copied().unwrap_or(0);
        lengths >> word.len().min(LONGEST) & 1 == 1
    }

    /// Returns the kinds that it speaks of, in whatever case; none where it is no keyword.
    #[inline]
    pub(crate) fn kinds(self) -> Kinds {
        if self.length < 2 { Kinds::NONE } else { look_up(fold(self.bytes, self.length)) }
    }

    /// Tells whether it has letters of both cases, and not but the first upper.
    #[inline]
    pub(crate) fn has_hump(self) -> bool {
        if self.length < 4 {
            return false;
        }
        let upper = fold(self.bytes, self.length) ^ self.bytes;
        upper & !0xff != 0 && upper != fold(0, self.length)
    }
}

/// How many bytes of a word count: the last ones.
const LONGEST: usize = 16;
const SLOTS: usize = 2048;

/// Lowers ASCII, and whatever else the same bit makes one of two cases.
const fn fold(word: u128, length: usize) -> u128 {
    word | (u128::from_le_bytes([0x20; LONGEST]) >> (8 * (LONGEST - length)))
}

const fn slot(word: u128) -> usize {
    let [low, high] = halves(word);
    let mixed = low ^ high.rotate_left(29);
    (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 53) as usize
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
const fn halves(word: u128) -> [u64; 2] {
    [word as u64, (word >> 64) as u64]
}

#[inline]
fn look_up(word: u128) -> Kinds {
    let mut at = slot(word);
    loop {
        match TABLE.get(at) {
            Some((known, kinds)) if *known == word => return *kinds,
            Some((0, _)) | None => return Kinds::NONE,
            Some(_) => at = (at + 1) % SLOTS,
        }
    }
}

/// Keywords where their hash leads, or in the next free place after it.
static TABLE: [(u128, Kinds); SLOTS] = table();

#[expect(clippy::indexing_slicing, reason = "done by the compiler")]
const fn table() -> [(u128, Kinds); SLOTS] {
    let mut table = [(0, Kinds::NONE); SLOTS];
    let mut row = 0;
    while row < WORDS.len() {
        let (words, kinds) = WORDS[row];
        let bytes = words.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let (mut word, mut length) = (0u128, 0usize);
            while at < bytes.len() && bytes[at] != b' ' {
                if length == LONGEST {
                    word >>= 8;
                    length -= 1;
                }
                word |= (bytes[at] as u128) << (8 * length);
                length += 1;
                at += 1;
            }
            at += 1;
            if length > 0 {
                let word = fold(word, length);
                let mut slot = slot(word);
                while table[slot].0 != 0 && table[slot].0 != word {
                    slot = (slot + 1) % SLOTS;
                }
                table[slot] = (word, table[slot].1.with(kinds));
            }
        }
        row += 1;
    }
    table
}

/// For the last two letters of keywords, a bit for each length that those have.
static ENDS: [u32; 1024] = ends();

const fn end(before: u8, last: u8) -> usize {
    (last as usize & 31) << 5 | (before as usize & 31)
}

#[expect(clippy::indexing_slicing, reason = "done by the compiler")]
const fn ends() -> [u32; 1024] {
    let mut ends = [0; 1024];
    let mut row = 0;
    while row < WORDS.len() {
        let bytes = WORDS[row].0.as_bytes();
        let (mut at, mut length) = (0, 0);
        while at <= bytes.len() {
            if at < bytes.len() && bytes[at] != b' ' {
                length += 1;
            } else {
                if length >= 2 {
                    let counted = if length > LONGEST { LONGEST } else { length };
                    ends[end(bytes[at - 2], bytes[at - 1])] |= 1 << counted;
                }
                length = 0;
            }
            at += 1;
        }
        row += 1;
    }
    ends
}

const fn of(kinds: &[Kind]) -> Kinds {
    Kinds::of(kinds)
}

/// Numbers of people that tax offices give.
const TAX: Kinds = of(&[
    UsItin,
    UsSsn,
    AuTfn,
    BrCpf,
    BrCnpj,
    DeTaxId,
    EsNif,
    EsNie,
    ItFiscalCode,
    NlBsn,
    PtNif,
    TrId,
    InPan,
    CzBirthNumber,
    AtSocialNumber,
    PlPesel,
    MxCurp,
    AuAbn,
    IePps,
    FrNir,
]);
/// Numbers of people that a state gives.
const NATIONAL: Kinds = of(&[
    UsSsn,
    UkNino,
    InAadhaar,
    BrCpf,
    FrNir,
    EsNif,
    EsNie,
    ItFiscalCode,
    NlBsn,
    BeNationalNumber,
    PlPesel,
    SePersonnummer,
    FiPersonalCode,
    DkCpr,
    NoBirthNumber,
    PtNif,
    AtSocialNumber,
    ChAhv,
    IePps,
    CzBirthNumber,
    RoCnp,
    SgNric,
    KrRrn,
    ZaId,
    TrId,
    CnId,
    MxCurp,
    CaSin,
]);
/// Numbers that an insurance of the state gives.
const SOCIAL: Kinds =
    of(&[UsSsn, CaSin, FrNir, UkNino, AtSocialNumber, ChAhv, IePps, BeNationalNumber, DeTaxId]);
const HEALTH: Kinds = of(&[UkNhs, AuMedicare, UsMbi, MedicalRecord]);
const PERSONAL: Kinds = of(&[
    SePersonnummer,
    FiPersonalCode,
    DkCpr,
    NoBirthNumber,
    PlPesel,
    CzBirthNumber,
    RoCnp,
    ChAhv,
]);

/// Keywords, separated by spaces. One that stands in two rows speaks of both. Only whole words count, and words that
/// say nothing (`number`, `no`, `id`) are passed over, so a name of several words needs only the one that tells.
const WORDS: &[(&str, Kinds)] = &[
    ("ssn ssns socialsecurity", of(&[UsSsn])),
    ("social", SOCIAL),
    ("security", SOCIAL.without(of(&[CaSin])).with(of(&[CardCode]))),
    ("insurance", SOCIAL.with(HEALTH)),
    ("itin taxpayer tin", of(&[UsItin, UsSsn])),
    ("tax taxes taxid steuer vat fiscal fiscale fiscalcode steuerid", TAX),
    (
        "phone phones telephone telephones tel mobile cell cellphone cellular fax call called calling dial dialed \
      sms text texted whatsapp telegram voicemail hotline landline msisdn handset reach contact phonenumber \
      mobilenumber telefon telefonnummer handy handynummer rufnummer mobil téléphone telephon \
      teléfono telefono móvil movil celular cellulare telefone telefoon telemóvel puhelin telefonnumer numer joindre appeler rückfragen rückruf anrufen bel bellen ligar liga llamar llame chiamare zadzwoń \
      ring llámame llámeme llamarme chiamami chiamatemi erreichen erreichbar rufen appelez joignable bereikbaar bereiken \
      telefoonnummer telefonnummeret mobilnummer mobielnummer mobiel gsm tél tlf cellulaire portable",
        of(&[PhoneNumber]),
    ),
    (
        "card cards credit debit visa mastercard amex maestro discover creditcard cardnumber ccn cc ccnum pan cardno \
      kreditkarte karte carte tarjeta cartão carta kreditkort",
        of(&[CreditCard]),
    ),
    ("cvv cvc cvv2 cvc2 cid csc cvn cardcode", of(&[CardCode])),
    ("iban ibans", of(&[Iban])),
    (
        "account accounts acct accountnumber bankaccount konto kontonummer compte cuenta rekening bban",
        of(&[BankAccount]),
    ),
    ("bank", of(&[BankAccount, AbaRouting, Iban])),
    ("routing aba rtn routingnumber transit abarouting fedwire ach wire", of(&[AbaRouting])),
    ("email mail emails", of(&[EmailAddress])),
    (
        "ip ipv4 ipv6 host hostname server gateway subnet address addr client remote peer source src dst ipaddr ipaddress",
        of(&[IpAddress]),
    ),
    ("mac ethernet hardware bssid", of(&[MacAddress])),
    ("wallet btc bitcoin eth ethereum crypto litecoin", of(&[Crypto])),
    (
        "dob birth birthday birthdate born dateofbirth bday birthdays geburtsdatum geboren geburtstag naissance né née \
      nacimiento nacido nacida nascita nato nata nascimento geboortedatum födelsedatum urodzenia \
      urodzony urodzona geb gebdatum född fødselsdato født syntymäaika narozen narozena született",
        of(&[DateOfBirth]),
    ),
    (
        "passport passports passportnumber passportno reisepass passeport pasaporte passaporto passaporte paspoort",
        of(&[Passport]),
    ),
    (
        "driver drivers driving licence license licences licenses dl driverslicense driverlicense führerschein führerscheinnummer permis",
        of(&[DriverLicense]),
    ),
    ("mrn medicalrecord patientid", of(&[MedicalRecord])),
    ("patient medical hospital", of(&[MedicalRecord, UkNhs, UsMbi])),
    ("pin pins pincode passcode", of(&[Pin])),
    ("vin vehicle chassis", of(&[Vin])),
    ("imei imeis meid", of(&[Imei])),
    ("npi", of(&[UsNpi])),
    ("provider", of(&[UsNpi])),
    ("mbi", of(&[UsMbi])),
    ("medicare", of(&[UsMbi, AuMedicare])),
    ("nhs", of(&[UkNhs])),
    ("health", HEALTH),
    ("nino ni nationalinsurance", of(&[UkNino])),
    ("national citizen identity nationalid idnumber idcard ausweis personalausweis", NATIONAL),
    ("sin nas", of(&[CaSin])),
    ("tfn taxfile", of(&[AuTfn])),
    ("abn", of(&[AuAbn])),
    ("business company", of(&[AuAbn, AuAcn, BrCnpj])),
    ("acn", of(&[AuAcn])),
    ("aadhaar aadhar uidai uid aadhaarnumber आधार", of(&[InAadhaar])),
    ("pan pancard permanent", of(&[InPan])),
    ("cpf", of(&[BrCpf])),
    ("cnpj", of(&[BrCnpj])),
    ("steueridentifikationsnummer steuernummer idnr identifikationsnummer", of(&[DeTaxId])),
    ("steuerliche", of(&[DeTaxId])),
    ("nir insee sécurité sociale vitale secu sécu", of(&[FrNir])),
    ("dni nif", of(&[EsNif, PtNif])),
    ("nie extranjero", of(&[EsNie])),
    ("codice codicefiscale cf", of(&[ItFiscalCode])),
    ("bsn burgerservicenummer sofinummer", of(&[NlBsn])),
    ("rijksregister rijksregisternummer registre insz niss", of(&[BeNationalNumber])),
    ("pesel", of(&[PlPesel])),
    ("personnummer personnr samordningsnummer pnr", of(&[SePersonnummer, NoBirthNumber])),
    ("personal person", PERSONAL),
    ("henkilötunnus hetu", of(&[FiPersonalCode])),
    ("cpr personnummer", of(&[DkCpr])),
    ("fødselsnummer fodselsnummer fnr", of(&[NoBirthNumber])),
    ("contribuinte nipc", of(&[PtNif])),
    (
        "svnr sozialversicherungsnummer sozialversicherung versicherungsnummer",
        of(&[AtSocialNumber]),
    ),
    ("ahv avs ahvn13 navs", of(&[ChAhv])),
    ("pps ppsn", of(&[IePps])),
    ("rodné rodne číslo", of(&[CzBirthNumber])),
    ("cnp", of(&[RoCnp])),
    ("nric fin singapore", of(&[SgNric])),
    ("rrn 주민등록번호 resident registration", of(&[KrRrn, CnId, ZaId])),
    ("idno rsaid rsa african refugee", of(&[ZaId])),
    ("tckn tc kimlik tcno", of(&[TrId])),
    ("身份证 身份证号 shenfenzheng", of(&[CnId])),
    ("curp mexican", of(&[MxCurp])),
    ("turkish türk", of(&[TrId])),
    ("german", of(&[DeTaxId])),
    ("brazilian", of(&[BrCpf, BrCnpj])),
    ("polish", of(&[PlPesel])),
    ("swedish svenskt", of(&[SePersonnummer])),
    ("finnish", of(&[FiPersonalCode])),
    ("norwegian", of(&[NoBirthNumber])),
    ("danish", of(&[DkCpr])),
    ("dutch", of(&[NlBsn])),
    ("belgian", of(&[BeNationalNumber])),
    ("french", of(&[FrNir])),
    ("spanish", of(&[EsNif, EsNie])),
    ("italian", of(&[ItFiscalCode])),
    ("portuguese", of(&[PtNif])),
    ("romanian", of(&[RoCnp])),
    ("czech slovak", of(&[CzBirthNumber])),
    ("swiss", of(&[ChAhv])),
    ("austrian", of(&[AtSocialNumber])),
    ("irish", of(&[IePps])),
    ("korean", of(&[KrRrn])),
    ("chinese", of(&[CnId])),
    ("indian", of(&[InAadhaar, InPan])),
    ("canadian", of(&[CaSin])),
    ("australian", of(&[AuTfn, AuMedicare, AuAbn])),
    (
        "order orders invoice invoices sku skus version versions commit commits uuid guid tracking isbn issn build builds \
      ticket tickets ts timestamp timestamps serial hash hashes sha md5 sha1 sha256 sha512 price prices amount amounts \
      total subtotal lat lon lng latitude longitude port ports job jobs session sessions index revision rev offset size \
      bytes byte latency duration elapsed epoch nonce seq sequence count balance product products item items part model \
      asin upc ean barcode po ref reference request trace span correlation transaction txn txid block height width \
      checksum digest crc integrity zip zipcode postal postcode plz shipment shipping awb parcel po quantity qty weight \
      pid tid rows row line lines score rate ms ns usec msec nanos millis unix mtime ctime atime created updated \
      modified expires expiry admitted discharged issued due dated joined hired visit appointment valid year years release releases retry issue issues pr case cases article artikel articolo artículo coordinates gps \
      key keys random seed bestellung bestellnummer rechnung rechnungsnummer commande facture pedido factura ordine \
      usd eur gbp dollars euros",
        Kinds::OTHER,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(word: &str) -> Kinds {
        Word::of(word.as_bytes(), 0, word.len()).kinds()
    }

    #[test]
    fn a_word_counts_in_whatever_case_and_only_whole() {
        for (word, kind) in [
            ("ssn", UsSsn),
            ("SSN", UsSsn),
            ("Passport", Passport),
            ("né", DateOfBirth),
            ("NÉ", DateOfBirth),
        ] {
            assert!(kinds(word).has(kind), "{word}");
        }
        for word in ["ssnx", "s", "", "public", "policy", "averyverylongwordindeed"] {
            assert!(kinds(word).is_empty(), "{word}");
        }
    }

    #[test]
    fn where_a_word_stands_does_not_matter() {
        for (words, row) in WORDS {
            for word in words.split_ascii_whitespace() {
                let text = format!("the customer's own {word}");
                let found = Word::of(text.as_bytes(), text.len() - word.len(), text.len()).kinds();
                assert_eq!(found, kinds(word), "{word}");
                assert!(found.meets(*row), "{word}");
            }
        }
    }
}
