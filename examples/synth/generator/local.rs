//! Local indicators: what each agency reports of itself, all priorities of a year in one file.

use super::files::{Options, Sink, Written, each_county};
use super::maths::{Purpose, Stream};
use super::plan::{Entity, Kind};
use super::results::STEPS;
use std::io;

/// Years for which local indicators are written. Those of 2017 and 2022 are used by no criteria.
pub const YEARS: [i32; 6] = [2018, 2019, 2022, 2023, 2024, 2025];
/// Priorities in the order of the files; the last two are for county offices only.
const PRIORITIES: [&str; 7] = ["1", "2", "3", "6", "7", "9", "10"];

/// What an agency reports in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Report {
    Nothing,
    Met,
    /// Not met, once or for two or more years, for every priority or one.
    NotMet(bool, Option<usize>),
}

fn report(seed: u64, entity: &Entity, year: i32) -> Report {
    let mut stream = Stream::new(seed, entity.id, Purpose::Local, 0);
    let charter = entity.kind == Kind::Charter;
    let mut out = Report::Nothing;
    for step in STEPS {
        let (u, which) = (stream.uniform(), stream.below(5));
        if step != year || !(entity.opens..=entity.closes).contains(&year) {
            continue;
        }
        // shares of agencies that missed all priorities for two years or more: CDE's files of 2018, 2019, 2023 and 2024
        let twice = match (year, charter) {
            (2018, false) => 0.011,
            (2019, false) => 0.002,
            (2023, false) => 0.015,
            (2023, true) => 0.049,
            (2024 | 2025, _) => 0.0018,
            (_, _) => 0.01,
        };
        out = match u {
            u if u < twice => Report::NotMet(true, None),
            u if u < twice + 0.0012 => Report::NotMet(true, Some(which)),
            u if u < twice + 0.02 => Report::NotMet(false, None),
            u if u < twice + 0.027 => Report::NotMet(false, Some(which)),
            u if u > 0.999 => Report::Nothing,
            _ => Report::Met,
        };
    }
    out
}

/// Writes the file of each year asked for.
pub fn files(options: &Options, sink: Sink) -> io::Result<Vec<Written>> {
    let mut out = Vec::new();
    for year in YEARS.into_iter().filter(|year| options.years.contains(year)) {
        let name = format!("localindicators{year}.slim.txt");
        let mut writer = sink(&name)?;
        let mut buffer = Vec::with_capacity(1 << 20);
        let early = year < 2020;
        buffer.extend_from_slice(match year {
            2018 => b"cdscode\tlea\tprioritynumber\tperformance\tyear\n".as_slice(),
            2019 => b"cdscode\tlea\tprioritynumber\tperformance\tmeetingdate\tyear\n",
            _ => b"cdsCode\tlea\tpriorityNumber\tcountyPerformance\tmeetingDate\tyear\n",
        });
        let mut rows = 0;
        for (at, priority) in PRIORITIES.iter().enumerate() {
            each_county(options, false, |entities| {
                for entity in entities.iter().filter(|entity| at < 5 || entity.kind == Kind::CountyOffice) {
                    let report = report(options.seed, entity, year);
                    let words = match report {
                        Report::Nothing => continue,
                        Report::NotMet(twice, which) if which.is_none_or(|which| which == at) => match (twice, early) {
                            (false, _) => "Not Met",
                            (true, true) => "Not Met for Two or More Years",
                            (true, false) => "Not Met For Two or More Years",
                        },
                        _ => "Met",
                    };
                    let lea = if entity.kind == Kind::Charter { &entity.school_name } else { &entity.agency_name };
                    let date = match year {
                        2018 => String::new(),
                        _ => format!("{year}-06-{:02}\t", 10 + entity.id % 19),
                    };
                    buffer.extend_from_slice(format!("{}\t{lea}\t{priority}\t{words}\t{date}{year}\n", entity.cds).as_bytes());
                    rows += 1;
                }
                if buffer.len() > 1 << 20 {
                    writer.write_all(&buffer)?;
                    buffer.clear();
                }
                Ok(())
            })?;
        }
        writer.write_all(&buffer)?;
        writer.flush()?;
        out.push(Written { name, source: "local_indicators_stacked".to_owned(), year, rows });
    }
    Ok(out)
}
