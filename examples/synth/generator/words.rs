//! Names that sound right and belong to nobody.

use super::maths::Stream;

const FIRST: [&str; 48] = [
    "Oak", "Pine", "Cedar", "Willow", "Manzanita", "Sycamore", "Juniper", "Madrone", "Redwood", "Poppy", "Lupine", "Sage", "Bear", "Elk",
    "Heron", "Quail", "Condor", "Eagle", "Fox", "Trout", "Salmon", "Golden", "Silver", "Copper", "Granite", "Marble", "Stone", "Clear", "Bright",
    "Green", "Blue", "White", "Cold", "Warm", "Dry", "Long", "Twin", "Three Rivers", "Mission", "Pioneer", "Liberty", "Harvest", "Orchard",
    "Vineyard", "Harbor", "Coast", "Desert", "Foothill",
];
const SECOND: [&str; 26] = [
    "Valley", "Grove", "Creek", "Ridge", "Springs", "Canyon", "Meadows", "Flat", "Hills", "Lake", "Point", "Mesa", "Bluff", "Hollow", "Crossing",
    "Landing", "Summit", "Plains", "Bend", "Falls", "Station", "Ranch", "Glen", "Terrace", "Bay", "Heights",
];
const SAINTS: [&str; 22] = [
    "San Abel", "San Blas", "San Ciro", "San Damián", "San Elías", "San Félix", "San Gil", "San Hilario", "San Isaac", "Santa Adela",
    "Santa Beatriz", "Santa Casilda", "Santa Delfina", "Santa Eulalia", "Santa Flora", "Los Alisos", "Los Cerros", "Los Nidos", "La Cañada Verde",
    "El Encino", "Peña Blanca", "Las Acequias",
];
const FAMILIES: [&str; 24] = [
    "O'Rourke", "D'Angelo", "McCabe", "Nuñez", "Okafor", "Takahashi", "Lindqvist", "Ferreira", "Abernathy", "Castellanos", "Haddad", "Nguyen",
    "Petrov", "Washington", "Yamada", "Zapata", "O'Malley", "Delacroix", "Ibarra", "Grijalva", "Marquez", "Sandoval", "Whitaker", "Ellison",
];
const CHARTERS: [&str; 14] = [
    "Academy", "Charter", "Charter Academy", "Preparatory", "Arts & Sciences", "Arts & Technology", "Language Academy", "Collegiate", "Community Charter",
    "Montessori Charter", "Home Study Charter", "Virtual Academy", "Science & Engineering", "Early College",
];

/// A place.
pub fn place(stream: &mut Stream) -> String {
    match stream.below(10) {
        0 | 1 => SAINTS[stream.below(SAINTS.len())].to_owned(),
        2 => FAMILIES[stream.below(FAMILIES.len())].to_owned(),
        _ => format!("{} {}", FIRST[stream.below(FIRST.len())], SECOND[stream.below(SECOND.len())]),
    }
}

/// A charter school.
pub fn charter(stream: &mut Stream) -> String {
    format!("{} {}", place(stream), CHARTERS[stream.below(CHARTERS.len())])
}

/// A school of a district, with the word for its grades.
pub fn school(stream: &mut Stream, grades: &str) -> String {
    match stream.below(4) {
        0 => {
            let given = ["Ana", "Cesar", "Dolores", "Ida B.", "John", "Lucía", "Mary", "Rosa", "Thomas", "Walter"];
            format!("{} {} {grades}", given[stream.below(given.len())], FAMILIES[stream.below(FAMILIES.len())])
        }
        _ => format!("{} {grades}", place(stream)),
    }
}

/// A county: name, districts, charter schools, English learners with a result in 2024. CDE's lists of 2022 and 2024.
pub const COUNTIES: [(&str, u16, u16, u32); 58] = [
    ("Alameda", 18, 51, 25010),
    ("Alpine", 1, 0, 0),
    ("Amador", 1, 0, 84),
    ("Butte", 13, 15, 1510),
    ("Calaveras", 4, 1, 167),
    ("Colusa", 4, 0, 1154),
    ("Contra Costa", 18, 23, 18476),
    ("Del Norte", 1, 2, 162),
    ("El Dorado", 15, 12, 1019),
    ("Fresno", 31, 35, 27416),
    ("Glenn", 8, 4, 889),
    ("Humboldt", 31, 9, 858),
    ("Imperial", 16, 3, 11126),
    ("Inyo", 6, 3, 208),
    ("Kern", 46, 14, 25920),
    ("Kings", 11, 13, 4039),
    ("Lake", 6, 2, 1302),
    ("Lassen", 10, 2, 85),
    ("Los Angeles", 80, 366, 142133),
    ("Madera", 9, 9, 5693),
    ("Marin", 17, 3, 3768),
    ("Mariposa", 1, 1, 59),
    ("Mendocino", 12, 10, 1676),
    ("Merced", 20, 3, 11027),
    ("Modoc", 3, 0, 96),
    ("Mono", 2, 1, 261),
    ("Monterey", 24, 7, 19050),
    ("Napa", 5, 2, 3122),
    ("Nevada", 9, 7, 84),
    ("Orange", 28, 40, 59713),
    ("Placer", 15, 14, 4042),
    ("Plumas", 1, 1, 60),
    ("Riverside", 23, 30, 53442),
    ("Sacramento", 13, 51, 29926),
    ("San Benito", 11, 1, 1889),
    ("San Bernardino", 33, 52, 43912),
    ("San Diego", 43, 129, 50923),
    ("San Francisco", 1, 14, 8677),
    ("San Joaquin", 14, 49, 20087),
    ("San Luis Obispo", 10, 3, 2934),
    ("San Mateo", 23, 14, 10922),
    ("Santa Barbara", 20, 15, 12464),
    ("Santa Clara", 31, 60, 30454),
    ("Santa Cruz", 11, 13, 5857),
    ("Shasta", 25, 12, 546),
    ("Sierra", 1, 0, 12),
    ("Siskiyou", 25, 2, 152),
    ("Solano", 6, 12, 5816),
    ("Sonoma", 38, 49, 6953),
    ("Stanislaus", 25, 25, 19469),
    ("Sutter", 12, 8, 2294),
    ("Tehama", 13, 2, 1480),
    ("Trinity", 9, 1, 44),
    ("Tulare", 43, 21, 18060),
    ("Tuolumne", 11, 1, 91),
    ("Ventura", 19, 11, 18692),
    ("Yolo", 5, 7, 3341),
    ("Yuba", 5, 6, 1578),
];
