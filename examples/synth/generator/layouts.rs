//! CDE's columns, year by year.
//!
//! The headers of 2018 and 2022 to 2024 are those of CDE's files. 2025 repeats 2024; 2017 and 2019 follow CDE's
//! record layout pages.

use super::levels::Indicator;

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Blank,
    Group,
    GroupShare,
    Type,
    Numerator(When),
    Denominator(When),
    Status(When),
    Change,
    StatusLevel,
    ChangeLevel,
    Color,
    BoxNumber,
    Small,
    Enough(When),
    EnoughInBoth,
    Certified(When),
    HighSchoolCuts,
    FiveYear,
    WithDisability(When),
    Enrolled(When),
    Tested(When),
    TestedShare(When),
    WithoutLoss(When),
    SizeGroup(When),
    /// Part of the numerator or its complement: how English learners moved.
    Moved(When, Move, bool),
    /// Measure of college/career: of the prepared (0), the nearly prepared (1) or the others (2).
    Measure(When, u8, u8, bool),
    /// Share of the pupils at a level of the language test.
    Level(u8, bool),
    LevelTotal,
    Name,
    Year,
}

/// Current or prior year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Now,
    Before,
}

/// How English learners moved on the language test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Progressed,
    KeptTop,
    KeptOther,
    Declined,
    None,
}

/// Header names after the common first columns; `None` where CDE published no file of use.
fn names(indicator: Indicator, year: i32) -> Option<String> {
    use Indicator::{Cci, Chro, Ela, Elpi, Grad, Math, Susp};
    const LEVELS: &str = "change statuslevel changelevel color box";
    const SIZES: &str = "currnsizemet priornsizemet accountabilitymet";
    const COUNTS: &str = "currnumer currdenom currstatus priornumer priordenom priorstatus";
    let last = if year < 2022 && matches!(indicator, Ela | Math) { "ReportingYear" } else { "reportingyear" };
    Some(match (indicator, year) {
        (Ela | Math, 2017) => format!("studentgroup currdenom currstatus priordenom priorstatus {LEVELS} hscutpoints {last}"),
        (Ela | Math, 2018) => format!(
            "studentgroup currdenom currdenom_swd currstatus priordenom priordenom_swd priorstatus {LEVELS} hscutpoints curradjustment prioradjustment pairshare_method caa_denom caa_level1_num caa_level1_pct caa_level2_num caa_level2_pct caa_level3_num caa_level3_pct {last}"
        ),
        (Ela | Math, 2019) => format!(
            "studentgroup currdenom currstatus priordenom priorstatus {LEVELS} hscutpoints curradjustment prioradjustment pairshare_method notestflag {last}"
        ),
        (Ela | Math, 2022) => format!(
            "studentgroup currdenom currstatus statuslevel hscutpoints pairshare_method prate_enrolled prate_tested prate numPRLOSS currdenom_withoutPRLOSS currstatus_withoutPRLOSS {last}"
        ),
        (Ela | Math, _) => format!(
            "studentgroup currdenom currstatus priordenom priorstatus {LEVELS} {SIZES} hscutpoints pairshare_method currprate_enrolled currprate_tested currprate currnumPRLOSS currdenom_withoutPRLOSS currstatus_withoutPRLOSS priorprate_enrolled priorprate_tested priorprate priornumPRLOSS priordenom_withoutPRLOSS priorstatus_withoutPRLOSS indicator {last}"
        ),
        (Susp, 2017..=2019) => format!("type studentgroup {COUNTS} safetynet {LEVELS} certifyflag {last}"),
        (Susp, 2022) => format!("type studentgroup currnumer currdenom currstatus statuslevel certifyflag {last}"),
        (Susp, _) => format!(
            "type studentgroup {COUNTS} {} smalldenom {SIZES} certifyflag priorcertifyflag indicator {last}",
            if year == 2023 { LEVELS } else { "change statuslevel changeLevel color box" }
        ),
        (Chro, 2017) => return None,
        (Chro, 2018 | 2019) => format!("studentgroup {COUNTS} safetynet {LEVELS} certifyflag {last}"),
        (Chro, 2022) => format!("studentgroup currnumer currdenom currstatus statuslevel certifyflag dataerrorflag {last}"),
        (Chro, _) => {
            format!("studentgroup {COUNTS} {LEVELS} smalldenom {SIZES} certifyflag priorcertifyflag dataerrorflag indicator {last}")
        }
        (Grad, 2017) => format!("studentgroup cal_method {COUNTS} safetynet {LEVELS} {last}"),
        (Grad, 2018) => format!("studentgroup {COUNTS} safetynet {LEVELS} {last}"),
        (Grad, 2019) => format!("studentgroup {COUNTS} fiveyrnumer safetynet {LEVELS} {last}"),
        (Grad, 2022) => format!("studentgroup currnumer currdenom currstatus fiveyrnumer statuslevel {last}"),
        (Grad, _) => format!("studentgroup {COUNTS} {LEVELS} smalldenom fiveyrnumer {SIZES} indicator {last}"),
        (Cci, 2017 | 2022) => return None,
        (Cci, 2018 | 2019) => format!(
            "studentgroup studentgroup_pct currdenom currstatus priordenom priorstatus {LEVELS} {} {} {last}",
            measures("curr", year),
            measures("prior", year)
        ),
        (Cci, 2023) => {
            format!(
                "studentgroup studentgroup_pct currdenom currstatus statuslevel currnsizemet {} indicator {last}",
                measures("curr", year)
            )
        }
        (Cci, _) => format!(
            "studentgroup studentgroup_pct currdenom currstatus priordenom priorstatus {LEVELS} smalldenom {SIZES} {} {} indicator {last}",
            measures("curr", year),
            // CDE's own spelling
            measures("prior", year).replace("prior_aprep_statefedjobs_dass_pct", "prior_aprep_statefedjobs_dass_pc")
        ),
        (Elpi, 2017) => format!("{COUNTS} {LEVELS} {last}"),
        (Elpi, 2018) => format!("PL_1 PL1_Pct PL_2 PL2_Pct PL_3 PL3_Pct PL_4 PL4_Pct PLTotCt {last}"),
        (Elpi, 2019) => format!(
            "currprogressed currmaintainPL4 currmaintainOth currdeclined currnumer currdenom currstatus statuslevel flag95pct {last}"
        ),
        (Elpi, 2022) => format!(
            "currprogressed pctcurrprogressed currmaintainPL4 pctcurrmaintainPL4 currmaintainOth pctcurrmaintainOth currdeclined pctcurrdeclined currnumer currdenom currstatus statuslevel flag95pct nsizemet nsizegroup {last}"
        ),
        (Elpi, 2023) => format!(
            "currprogressed currmaintainPL4 currmaintainOth currdeclined currprogressed_Alternate currmaintainPL3_Alternate currnotprognotmain_Alternate curr95 currnumer currdenom currstatus priorprogressed priormaintainPL4 priormaintainOth priordeclined prior95 priornumer priordenom priorstatus {LEVELS} {SIZES} currnsizegroup priornsizegroup indicator {last}"
        ),
        (Elpi, _) => format!(
            "studentgroup currprogressed currmaintainPL4 currmaintainOth currdeclined currprogressed_Alternate currmaintainPL3_Alternate currnotprognotmain_Alternate curr95 currnumer currdenom currstatus priorprogressed priormaintainPL4 priormaintainOth priordeclined priorprogressed_Alternate priormaintainPL3_Alternate priornotprognotmain_Alternate prior95 priornumer priordenom priorstatus {LEVELS} {SIZES} indicator {last}"
        ),
    })
}

/// Ways to be prepared, with the share of the prepared in percent; and whether 2018, 2023 and 2024 show them.
const PREPARED: [(&str, u8, [bool; 3]); 13] = [
    ("summative", 58, [true, true, true]),
    ("apexam", 24, [true, true, true]),
    ("ibexam", 2, [true, true, true]),
    ("collegecredit", 23, [true, true, true]),
    ("agplus", 78, [true, true, true]),
    ("cteplus", 31, [true, true, true]),
    ("ssb", 22, [true, true, true]),
    ("milsci", 3, [true, true, true]),
    ("reg_pre", 1, [false, true, true]),
    ("non_reg_pre", 0, [false, true, false]),
    ("non_reg_pre_dass", 0, [false, true, false]),
    ("statefedjobs_dass", 1, [false, true, true]),
    ("trans_classwk", 0, [false, true, true]),
];
const NEARLY: [(&str, u8, [bool; 3]); 8] = [
    ("summative", 30, [true, true, true]),
    ("collegecredit", 12, [true, true, true]),
    ("ag", 41, [true, true, true]),
    ("cte", 38, [true, true, true]),
    ("milsci", 4, [true, true, true]),
    ("non_reg_pre", 0, [false, true, false]),
    ("statefedjobs_dass", 1, [false, true, true]),
    ("trans_classwk", 0, [false, true, true]),
];

/// Percent of the prepared, or of the nearly prepared, who are so in a way.
pub fn measure_share(part: u8, measure: u8) -> u8 {
    match (part, usize::from(measure).checked_sub(1)) {
        (0, Some(at)) => PREPARED[at].1,
        (1, Some(at)) => NEARLY[at].1,
        _ => 100,
    }
}

fn measures(when: &str, year: i32) -> String {
    let era = match year {
        ..=2019 => 0,
        2023 => 1,
        _ => 2,
    };
    let mut out = Vec::new();
    let mut both = |name: String| out.extend([name.clone(), name + "_pct"]);
    both(format!("{when}_prep"));
    PREPARED.iter().filter(|measure| measure.2[era]).for_each(|measure| both(format!("{when}_prep_{}", measure.0)));
    both(format!("{when}_aprep"));
    NEARLY.iter().filter(|measure| measure.2[era]).for_each(|measure| both(format!("{when}_aprep_{}", measure.0)));
    both(format!("{when}_nprep"));
    out.join(" ")
}

fn column(name: &str) -> Column {
    use Column as C;
    use When::{Before, Now};
    let when = if name.starts_with("prior") { Before } else { Now };
    if let Some(rest) = name.strip_prefix("curr_").or_else(|| name.strip_prefix("prior_")) {
        let (rest, percent) = match rest.strip_suffix("_pct").or_else(|| rest.strip_suffix("_pc")) {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let at = |list: &[(&str, u8, [bool; 3])], name: &str| list.iter().position(|own| own.0 == name).map_or(0, |at| at as u8 + 1);
        if let Some(way) = rest.strip_prefix("prep") {
            return C::Measure(when, 0, at(&PREPARED, way.trim_start_matches('_')), percent);
        }
        if let Some(way) = rest.strip_prefix("aprep") {
            return C::Measure(when, 1, at(&NEARLY, way.trim_start_matches('_')), percent);
        }
        return C::Measure(when, 2, 0, percent);
    }
    let percent = name.starts_with("pct");
    match name.trim_start_matches("pct") {
        "studentgroup" => C::Group,
        "studentgroup_pct" => C::GroupShare,
        "type" => C::Type,
        "currnumer" | "priornumer" => C::Numerator(when),
        "currdenom" | "priordenom" => C::Denominator(when),
        "currstatus" | "priorstatus" => C::Status(when),
        "change" => C::Change,
        "statuslevel" => C::StatusLevel,
        "changelevel" | "changeLevel" => C::ChangeLevel,
        "color" => C::Color,
        "box" => C::BoxNumber,
        "safetynet" | "smalldenom" => C::Small,
        "currnsizemet" | "priornsizemet" | "nsizemet" => C::Enough(when),
        "accountabilitymet" => C::EnoughInBoth,
        "certifyflag" => C::Certified(Now),
        "priorcertifyflag" => C::Certified(Before),
        "hscutpoints" => C::HighSchoolCuts,
        "fiveyrnumer" => C::FiveYear,
        "currdenom_swd" | "priordenom_swd" => C::WithDisability(when),
        "currprate_enrolled" | "priorprate_enrolled" | "prate_enrolled" => C::Enrolled(when),
        "currprate_tested" | "priorprate_tested" | "prate_tested" => C::Tested(when),
        "currprate" | "priorprate" | "prate" => C::TestedShare(when),
        "currdenom_withoutPRLOSS" | "priordenom_withoutPRLOSS" => C::Denominator(when),
        "currstatus_withoutPRLOSS" | "priorstatus_withoutPRLOSS" => C::WithoutLoss(when),
        "currnsizegroup" | "priornsizegroup" | "nsizegroup" => C::SizeGroup(when),
        "currprogressed" | "priorprogressed" => C::Moved(when, Move::Progressed, percent),
        "currmaintainPL4" | "priormaintainPL4" => C::Moved(when, Move::KeptTop, percent),
        "currmaintainOth" | "priormaintainOth" => C::Moved(when, Move::KeptOther, percent),
        "currdeclined" | "priordeclined" => C::Moved(when, Move::Declined, percent),
        moved if moved.ends_with("_Alternate") || matches!(moved, "curr95" | "prior95") => C::Moved(when, Move::None, false),
        "PLTotCt" => C::LevelTotal,
        level if level.starts_with("PL") => {
            let digit = level.bytes().find(u8::is_ascii_digit).map_or(1, |digit| digit - b'0');
            C::Level(digit, level.ends_with("_Pct"))
        }
        "indicator" => C::Name,
        "reportingyear" | "ReportingYear" => C::Year,
        "cal_method" | "curradjustment" | "prioradjustment" | "pairshare_method" | "notestflag" | "numPRLOSS" | "currnumPRLOSS"
        | "priornumPRLOSS" | "dataerrorflag" | "flag95pct" => C::Blank,
        caa if caa.starts_with("caa_") => C::Blank,
        other => unreachable!("no column is called `{other}`"),
    }
}

/// A file's name, header line and columns after the common first ones.
pub struct Layout {
    pub file: String,
    pub source: &'static str,
    pub header: String,
    pub columns: Vec<Column>,
}

/// The layout of an indicator's file of a Dashboard year.
pub fn layout(indicator: Indicator, year: i32) -> Option<Layout> {
    let names = names(indicator, year)?;
    let names: Vec<&str> = names.split(' ').collect();
    let first = "cds rtype schoolname districtname countyname charter_flag coe_flag";
    let mut header: Vec<&str> = first.split(' ').collect();
    if year > 2017 {
        header.push("dass_flag");
    }
    header.extend(&names);
    let (stem, source) = match indicator {
        Indicator::Ela => ("ela", "ela_file"),
        Indicator::Math => ("math", "math_file"),
        Indicator::Susp => ("susp", "susp_file"),
        Indicator::Chro => ("chronic", "chronic_file"),
        Indicator::Grad => ("grad", "grad_file"),
        Indicator::Cci => ("cci", "cci_file"),
        Indicator::Elpi => ("elpi", "elpi_file"),
    };
    let file = match (year, indicator) {
        (2017, Indicator::Ela | Indicator::Math) => format!("{stem}38download2017f.txt"),
        (2017, _) => format!("{stem}download2017f.txt"),
        _ => format!("{stem}download{year}.txt"),
    };
    Some(Layout { file, source, header: header.join("\t"), columns: names.iter().map(|name| column(name)).collect() })
}

/// The value of the column `indicator`.
pub fn code(indicator: Indicator) -> &'static str {
    match indicator {
        Indicator::Ela => "ELA",
        Indicator::Math => "MATH",
        Indicator::Susp => "SUSP",
        Indicator::Chro => "CHRO",
        Indicator::Grad => "GRAD",
        Indicator::Cci => "CCI",
        Indicator::Elpi => "ELPI",
    }
}
