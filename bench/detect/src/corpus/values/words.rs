//! Names, places and sentences.

use super::super::random::Random;

type Drawn = (Option<&'static str>, String);

pub fn draw(name: &str, form: &str, random: &mut Random) -> Option<Drawn> {
    Some(match name {
        "name" => (Some("PERSON"), format!("{} {}", random.pick(FIRST), random.pick(LAST))),
        "first" => (Some("PERSON"), random.pick(FIRST).to_owned()),
        "street" => (Some("STREET_ADDRESS"), street(form, random)),
        "user" => (
            None,
            random.pick(&["svc-report", "deploy", "build-bot", "app_rw", "readonly", "postgres", "etl"]).to_owned(),
        ),
        "host" => (
            None,
            random
                .pick(&["db-01", "cache-2.internal", "queue.internal", "node-7", "gw-west", "pg.internal"])
                .to_owned(),
        ),
        "domain" => (None, random.pick(DOMAINS).to_owned()),
        "company" => (None, random.pick(COMPANIES).to_owned()),
        "city" => (None, random.pick(CITIES).to_owned()),
        "product" => (None, random.pick(PRODUCTS).to_owned()),
        "say" => (None, say(form, random)),
        _ => return None,
    })
}

/// Some sentences of a language.
fn say(form: &str, random: &mut Random) -> String {
    let sentences = match form {
        "de" => GERMAN,
        "fr" => FRENCH,
        "es" => SPANISH,
        "nl" => DUTCH,
        "pl" => POLISH,
        "pt" => PORTUGUESE,
        "it" => ITALIAN,
        "dev" => DEVELOPMENT,
        _ => ENGLISH,
    };
    let first = random.below(sentences.len());
    let count = random.pick(&[1, 1, 2, 3, 4, 6]).min(sentences.len());
    let said: Vec<&str> = (0..count).map(|nth| sentences[(first + nth) % sentences.len()]).collect();
    said.join(" ")
}

fn street(form: &str, random: &mut Random) -> String {
    let number = random.between(1, 240);
    match form {
        "de" => format!(
            "{} {number}, {} {}",
            random.pick(&["Lindenallee", "Am Markt", "Goethestraße", "Bahnhofstr."]),
            random.number(5),
            random.pick(&["Kassel", "Halle", "Mainz"])
        ),
        "fr" => format!(
            "{number} {}, {} {}",
            random.pick(&["rue des Lilas", "avenue Victor Hugo", "quai Sud"]),
            random.number(5),
            random.pick(&["Lyon", "Nantes", "Lille"])
        ),
        "uk" => format!(
            "{number} {}, {} {}",
            random.pick(&["Mill Lane", "Church Road", "Station Road"]),
            random.pick(&["Leeds", "Hull", "York"]),
            random.shape("@@^ ^@@")
        ),
        _ => format!(
            "{number} {}, {} {}",
            random.pick(&["Maple Avenue", "Juniper Court", "Old Mill Road", "3rd Street"]),
            random.pick(&["Dayton, OH", "Boise, ID", "Tulsa, OK"]),
            random.number(5)
        ),
    }
}

pub const FIRST: &[&str] = &[
    "Amara", "Bogdan", "Carla", "Dmitri", "Elif", "Farid", "Greta", "Hamza", "Ingrid", "Jonas", "Kalina", "Lucien",
    "Mirela", "Nadia", "Oskar", "Priya", "Quentin", "Rosalind", "Sanjay", "Tamsin", "Ulrike", "Viktor", "Wanda",
    "Ximena", "Yusuf", "Zelda", "Beatriz", "Callum", "Deborah", "Everton", "Fiona", "Gerard", "Helena", "Ivo",
    "Joanne", "Kwame",
];

pub const LAST: &[&str] = &[
    "Abelard",
    "Brandt",
    "Castellano",
    "Dlamini",
    "Eriksen",
    "Fontaine",
    "Grabowski",
    "Hollis",
    "Iversen",
    "Jaworski",
    "Kessler",
    "Lindqvist",
    "Marchetti",
    "Nakagawa",
    "Okafor",
    "Pereira",
    "Quigley",
    "Ravndal",
    "Schuster",
    "Tavares",
    "Ueda",
    "Vandenberg",
    "Whitlock",
    "Yilmaz",
    "Zielinski",
    "Ashworth",
    "Bianchi",
    "Cardoso",
    "Devereux",
    "Engel",
];

pub const DOMAINS: &[&str] = &[
    "nordlicht-energie.de",
    "atelier-verdier.fr",
    "bluefinch.io",
    "castellan.co.uk",
    "orchardworks.com",
    "papelaria-luz.pt",
    "tulpenhof.nl",
    "zielonydom.pl",
    "marchetti-studio.it",
    "quimera.es",
    "kettleandco.com",
    "fjordline.no",
    "harbourside.org",
    "pinecrest-clinic.org",
    "meridian-freight.com",
    "ostrava-tech.cz",
    "saffronhouse.in",
    "southernstar.com.au",
    "vermelho.com.br",
    "lakeside.edu",
    "redwoodlegal.com",
    "uni-halle.edu",
    "hexagon.dev",
    "gramercy.ai",
];

const COMPANIES: &[&str] = &[
    "Meridian Freight",
    "Kettle & Co",
    "Nordlicht Energie GmbH",
    "Atelier Verdier",
    "Castellan Ltd",
    "Orchard Works",
    "Tulpenhof B.V.",
    "Pinecrest Clinic",
    "Redwood Legal LLP",
    "Southern Star Pty",
    "Hexagon Labs",
];

const CITIES: &[&str] =
    &["Lisbon", "Leeds", "Utrecht", "Gdańsk", "Lyon", "Bologna", "Portland", "Pune", "Graz", "Aarhus"];

const PRODUCTS: &[&str] = &[
    "cordless drill 18 V",
    "oak bookshelf",
    "espresso grinder",
    "trail shoes, size 42",
    "USB-C dock",
    "rain jacket",
    "ceramic planter",
    "noise-cancelling headphones",
    "bike pump",
    "standing desk 140x70",
];

const ENGLISH: &[&str] = &[
    "The second parcel has not left the depot yet.",
    "Please let me know whether this can be done before Friday.",
    "We compared both quotes and would rather go with the smaller one.",
    "The kitchen was closed for two days after the leak.",
    "Nobody on the team has seen this before.",
    "I have attached the minutes and the photos of the damage.",
    "It worked last week, so something must have changed on your side.",
    "The refund went out, but the shop has not confirmed it.",
    "Our auditors ask for a list of everything that was changed in the third quarter.",
    "Thanks for being so patient with us.",
    "He would like a window seat if there is still one left.",
    "The meeting moved to the large room on the ground floor.",
    "All figures are preliminary and may change by a few percent.",
    "She prefers to be reached in the morning.",
    "The carrier asks for a signature at the door.",
    "There is no hurry, next week is fine.",
];

const DEVELOPMENT: &[&str] = &[
    "The build is green again after the cache was cleared.",
    "Rebased on top of the new parser and dropped the feature flag.",
    "The retry loop never backs off, so the pool runs dry.",
    "Bumped the lock file; nothing else changed.",
    "The test is flaky because two workers share a port.",
    "This allocates once per row, which shows in the profile.",
    "Rolled back to the previous image while we look at the heap dump.",
    "Schema migration took 41 s on the replica.",
    "The index is not used when the column is cast.",
    "Please review the second commit first.",
];

const GERMAN: &[&str] = &[
    "Die zweite Sendung hat das Lager noch nicht verlassen.",
    "Bitte geben Sie uns bis Freitag Bescheid.",
    "Der Vertrag verlängert sich um ein Jahr, wenn er nicht gekündigt wird.",
    "Im Anhang finden Sie das Protokoll.",
    "Die Gutschrift wurde bereits angewiesen.",
    "Vielen Dank für Ihre Geduld.",
    "Der Termin wurde auf Dienstag verschoben.",
    "Alle Beträge verstehen sich zuzüglich Mehrwertsteuer.",
];

const FRENCH: &[&str] = &[
    "Le second colis n'a pas encore quitté l'entrepôt.",
    "Merci de nous répondre avant vendredi.",
    "La facture a été réglée la semaine dernière.",
    "Vous trouverez le compte rendu en pièce jointe.",
    "Le rendez-vous est reporté à mardi.",
    "Nous vous remercions de votre patience.",
];

const SPANISH: &[&str] = &[
    "El segundo paquete todavía no ha salido del almacén.",
    "Por favor, confírmelo antes del viernes.",
    "La factura se pagó la semana pasada.",
    "Adjunto encontrará el acta de la reunión.",
    "Gracias por su paciencia.",
    "La cita se ha aplazado al martes.",
];

const DUTCH: &[&str] = &[
    "Het tweede pakket heeft het magazijn nog niet verlaten.",
    "Laat u het ons voor vrijdag weten?",
    "De factuur is vorige week betaald.",
    "In de bijlage vindt u het verslag.",
    "Bedankt voor uw geduld.",
];

const POLISH: &[&str] = &[
    "Druga paczka nie opuściła jeszcze magazynu.",
    "Prosimy o odpowiedź do piątku.",
    "Faktura została opłacona w zeszłym tygodniu.",
    "W załączeniu przesyłamy protokół.",
    "Dziękujemy za cierpliwość.",
];

const PORTUGUESE: &[&str] = &[
    "A segunda encomenda ainda não saiu do armazém.",
    "Agradecemos uma resposta até sexta-feira.",
    "A fatura foi paga na semana passada.",
    "Em anexo segue a ata da reunião.",
    "Obrigado pela paciência.",
];

const ITALIAN: &[&str] = &[
    "Il secondo pacco non ha ancora lasciato il magazzino.",
    "La preghiamo di rispondere entro venerdì.",
    "La fattura è stata pagata la settimana scorsa.",
    "In allegato trova il verbale.",
    "Grazie per la pazienza.",
];
