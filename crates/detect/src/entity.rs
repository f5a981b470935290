//! What is looked for.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Declares the kinds with their names, so that none can be forgotten in one place.
macro_rules! entities {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A kind of personal data or secret. Names are those that Presidio and the field use, where there is one.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Entity {
            $($(#[$doc])* $variant,)*
            /// One that a user's pattern declares.
            Custom(Arc<str>),
        }

        /// An entity that is not custom: what tables speak of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Kind {
            $($variant,)*
        }

        impl From<Kind> for Entity {
            fn from(kind: Kind) -> Self {
                match kind {
                    $(Kind::$variant => Self::$variant,)*
                }
            }
        }

        impl Entity {
            /// Every kind but the custom ones.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the name, as in `EMAIL_ADDRESS`.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Custom(name) => name,
                }
            }

            /// Returns what tables call it, unless it is custom.
            pub(crate) const fn kind(&self) -> Option<Kind> {
                match self {
                    $(Self::$variant => Some(Kind::$variant),)*
                    Self::Custom(_) => None,
                }
            }
        }
    };
}

entities! {
    /// An e-mail address.
    EmailAddress = "EMAIL_ADDRESS",
    /// A telephone number.
    PhoneNumber = "PHONE_NUMBER",
    /// A payment card's number.
    CreditCard = "CREDIT_CARD",
    /// A payment card's verification code.
    CardCode = "CVV",
    /// An international bank account number (ISO 13616).
    Iban = "IBAN_CODE",
    /// A bank account number of national form.
    BankAccount = "BANK_ACCOUNT",
    /// A routing number of a bank of the US.
    AbaRouting = "ABA_ROUTING",
    /// An IPv4 or IPv6 address.
    IpAddress = "IP_ADDRESS",
    /// An address of a network interface.
    MacAddress = "MAC_ADDRESS",
    /// An address of a cryptocurrency.
    Crypto = "CRYPTO",
    /// A date of birth.
    DateOfBirth = "DATE_OF_BIRTH",
    /// A passport's number.
    Passport = "PASSPORT",
    /// A driving licence's number.
    DriverLicense = "DRIVER_LICENSE",
    /// A patient's record number.
    MedicalRecord = "MEDICAL_RECORD_NUMBER",
    /// A personal identification number.
    Pin = "PIN",
    /// A number of a vehicle (ISO 3779).
    Vin = "VIN",
    /// A number of a mobile device.
    Imei = "IMEI",
    /// A social security number of the US.
    UsSsn = "US_SSN",
    /// A taxpayer number of the US for those without a social security number.
    UsItin = "US_ITIN",
    /// A health provider's number in the US.
    UsNpi = "US_NPI",
    /// A Medicare number of the US.
    UsMbi = "US_MBI",
    /// A number of the National Health Service.
    UkNhs = "UK_NHS",
    /// A national insurance number.
    UkNino = "UK_NINO",
    /// A social insurance number of Canada.
    CaSin = "CA_SIN",
    /// A tax file number of Australia.
    AuTfn = "AU_TFN",
    /// A business number of Australia.
    AuAbn = "AU_ABN",
    /// A company number of Australia.
    AuAcn = "AU_ACN",
    /// A Medicare number of Australia.
    AuMedicare = "AU_MEDICARE",
    /// A number of India's residents.
    InAadhaar = "IN_AADHAAR",
    /// A permanent account number of India.
    InPan = "IN_PAN",
    /// A tax number of people in Brazil.
    BrCpf = "BR_CPF",
    /// A tax number of organisations in Brazil.
    BrCnpj = "BR_CNPJ",
    /// A tax number of Germany.
    DeTaxId = "DE_TAX_ID",
    /// A social security number of France.
    FrNir = "FR_NIR",
    /// A tax number of Spain.
    EsNif = "ES_NIF",
    /// A foreigner's number in Spain.
    EsNie = "ES_NIE",
    /// A tax code of Italy.
    ItFiscalCode = "IT_FISCAL_CODE",
    /// A citizen service number of the Netherlands.
    NlBsn = "NL_BSN",
    /// A national register number of Belgium.
    BeNationalNumber = "BE_NATIONAL_NUMBER",
    /// A personal number of Poland.
    PlPesel = "PL_PESEL",
    /// A personal number of Sweden.
    SePersonnummer = "SE_PERSONNUMMER",
    /// A personal code of Finland.
    FiPersonalCode = "FI_PERSONAL_IDENTITY_CODE",
    /// A personal number of Denmark.
    DkCpr = "DK_CPR",
    /// A birth number of Norway.
    NoBirthNumber = "NO_FODSELSNUMMER",
    /// A tax number of Portugal.
    PtNif = "PT_NIF",
    /// A social security number of Austria.
    AtSocialNumber = "AT_SVNR",
    /// A social security number of Switzerland.
    ChAhv = "CH_AHV",
    /// A public service number of Ireland.
    IePps = "IE_PPS",
    /// A birth number of the Czech Republic or Slovakia.
    CzBirthNumber = "CZ_RODNE_CISLO",
    /// A personal number of Romania.
    RoCnp = "RO_CNP",
    /// A number of Singapore's residents.
    SgNric = "SG_NRIC_FIN",
    /// A resident number of South Korea.
    KrRrn = "KR_RRN",
    /// An identity number of South Africa.
    ZaId = "ZA_ID",
    /// An identity number of Turkey.
    TrId = "TR_ID",
    /// A resident number of China.
    CnId = "CN_ID",
    /// A population code of Mexico.
    MxCurp = "MX_CURP",
    /// A key, token, password or other secret.
    Secret = "SECRET",
    /// A uniform resource locator; off unless asked for.
    Url = "URL",
    /// A domain's name; off unless asked for.
    Domain = "DOMAIN_NAME",
    /// A postal code; off unless asked for.
    PostalCode = "POSTAL_CODE",
    /// A universally unique identifier; off unless asked for.
    Uuid = "UUID",
    /// A date that is not said to be one of birth; off unless asked for.
    Date = "DATE",
    /// A person's name: found by no part of this crate.
    Person = "PERSON",
    /// A street address: found by no part of this crate.
    StreetAddress = "STREET_ADDRESS",
}

impl Entity {
    /// Tells whether a scanner looks for it unless told otherwise.
    #[must_use]
    pub const fn is_default(&self) -> bool {
        !matches!(
            self,
            Self::Url
                | Self::Domain
                | Self::PostalCode
                | Self::Uuid
                | Self::Date
                | Self::Person
                | Self::StreetAddress
        )
    }

    /// Tells whether it gives access rather than tells of a person.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        matches!(self, Self::Secret)
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Entity {
    type Err = UnknownEntity;

    /// Reads a name; that of a custom kind is not known here.
    fn from_str(text: &str) -> Result<Self, UnknownEntity> {
        let known = Self::ALL.iter().find(|entity| entity.as_str() == text);
        known.cloned().ok_or_else(|| UnknownEntity(text.to_owned()))
    }
}

/// No kind has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no entity `{0}`")]
pub struct UnknownEntity(pub String);
