//! Scenarios: worked cases written by policy staff, run against the program.

mod diverge;
mod show;

pub use diverge::Diverging;
pub use show::{Shown, github, human, json, junit};

use crate::eval::{Answer, Determination, Evaluator, Setting};
use crate::facts::Facts;
use crate::program::*;

/// What came of one scenario.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Index into [`Program::scenarios`].
    pub scenario: usize,
    /// Per expectation: what was found instead, or `None` if it holds.
    pub failures: Vec<(usize, String)>,
    /// Citations that were asked for and met.
    pub confirmed: Vec<String>,
}

impl Outcome {
    /// Whether every expectation holds.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// The facts a scenario states: what it leaves out is absent, or open where it cannot be.
pub fn facts(program: &Program, scenario: &Scenario) -> Facts {
    let mut facts = Facts::closed();
    let pattern = program.subject.kinds[scenario.kind].pattern.clone();
    let key = pattern.unwrap_or_else(|| "9".repeat(program.subject.key_digits)).replace('?', "9");
    let subject = facts.subject_of_kind(&key, &format!("scenario {}", scenario.id), scenario.kind);
    for cell in &scenario.cells {
        facts.set(program, cell.fact, cell.year, subject, cell.offset, cell.mask, cell.number, cell.date);
    }
    facts
}

fn setting<'p>(program: &'p Program, scenario: &Scenario) -> Setting<'p> {
    let mut setting = Setting::new(program, scenario.as_of);
    for (choice, option) in &scenario.choices {
        setting.choices[choice.0] = *option;
    }
    setting
}

/// Where an expectation that failed and what was found part, line by line of the rules.
pub fn diverging(program: &Program, index: usize, expect: usize) -> Vec<Diverging> {
    let scenario = &program.scenarios[index];
    let facts = facts(program, scenario);
    let setting = setting(program, scenario);
    let mut evaluator = Evaluator::new(&setting, &facts, 0, true);
    diverge::diverging(program, &mut evaluator, scenario, &scenario.expects[expect])
}

/// Runs one scenario.
pub fn run(program: &Program, index: usize) -> Outcome {
    Outcome { scenario: index, ..run_case(program, &program.scenarios[index], |_| {}) }
}

/// Whether every expectation of a case holds. It stops at the first that does not.
pub fn holds(program: &Program, scenario: &Scenario) -> bool {
    let facts = facts(program, scenario);
    let setting = setting(program, scenario);
    // who carries an answer is read from the steps
    let tracing = scenario.expects.iter().any(|expect| matches!(expect.kind, ExpectKind::Members { .. }));
    let mut evaluator = Evaluator::new(&setting, &facts, 0, tracing);
    scenario.expects.iter().all(|expect| check(program, &mut evaluator, scenario, expect).is_ok())
}

/// Runs a case that may not stand in a file, and shows the evaluator when every expectation was looked at.
pub fn run_case(program: &Program, scenario: &Scenario, seen: impl FnOnce(&Evaluator)) -> Outcome {
    let facts = facts(program, scenario);
    let setting = setting(program, scenario);
    let mut evaluator = Evaluator::new(&setting, &facts, 0, true);
    let mut outcome = Outcome { scenario: usize::MAX, failures: Vec::new(), confirmed: Vec::new() };
    for (at, expect) in scenario.expects.iter().enumerate() {
        match check(program, &mut evaluator, scenario, expect) {
            Ok(citations) => outcome.confirmed.extend(citations),
            Err(found) => outcome.failures.push((at, found)),
        }
    }
    seen(&evaluator);
    outcome
}

fn check<'a>(program: &'a Program, evaluator: &mut Evaluator<'a>, scenario: &Scenario, expect: &'a Expect) -> Result<Vec<String>, String> {
    match &expect.kind {
        ExpectKind::Clause { cite, met, value, year } => {
            let text = &program.texts[cite.text.0];
            let name = format!("{}{}", text.citation(), text.labels[cite.label]);
            if let Some(value) = value {
                let values = evaluator.cite_value(cite, *year);
                let clause = text.versions.iter().find_map(|version| version.clauses[cite.label]);
                let scale = clause.and_then(|clause| program.clauses[clause.0].value);
                let own = scale.map_or(&[][..], |scale| &program.scales[scale.0].values);
                let words = |at: usize| own.get(at).map_or_else(|| "none".to_owned(), |value| value.name.clone());
                let values = &values[..own.len().min(values.len())];
                let holds = match values.get(*value) {
                    Some(value) => value.settled() == Some(true),
                    None => values.iter().all(|value| value.settled() == Some(false)),
                };
                if holds {
                    return Ok(vec![name]);
                }
                let possible: Vec<String> = (0..values.len()).filter(|at| values[*at].settled() != Some(false)).map(words).collect();
                let possible = if possible.is_empty() { "no value".to_owned() } else { possible.join(" or ") };
                return Err(format!("{name} is {possible}, not {}", words(*value)));
            }
            let step = evaluator.cite(cite, *year);
            if step.node.settled() == *met {
                return Ok(vec![name]);
            }
            let found = match step.node.settled() {
                Some(true) => "met".to_owned(),
                Some(false) => "not met".to_owned(),
                None => format!("undetermined ({})", open_words(program, &evaluator.open_cells(step.node))),
            };
            Err(format!("{name} is {found} in {year}"))
        }
        ExpectKind::Answer { pathway, answer, by, needs } => {
            let found = evaluator.determine(*pathway, scenario.year);
            let citations: Vec<String> = found.holding().map(|finding| program.clauses[finding.clause.0].citation.clone()).collect();
            if found.answer.words() != answer {
                let why = match found.answer {
                    Answer::Eligible => format!(" by {}", citations.join(", ")),
                    Answer::Undetermined => format!(" ({})", open_words(program, &found.open)),
                    _ => String::new(),
                };
                return Err(format!("{} is {}{why}", program.pathways[pathway.0].named.name, found.answer.words()));
            }
            for cite in by {
                let text = &program.texts[cite.text.0];
                let wanted = format!("{}{}", text.citation(), text.labels[cite.label]);
                if !citations.contains(&wanted) {
                    return Err(format!(
                        "{answer}, but by {}, not by {wanted}",
                        if citations.is_empty() { "no clause".to_owned() } else { citations.join(", ") }
                    ));
                }
            }
            if let Some((fact, members, year)) = needs {
                let declared = &program.facts[fact.0];
                let needed = found.open.iter().any(|cell| {
                    let own = declared_members(program, cell);
                    cell.fact == *fact && year.is_none_or(|year| cell.year == year) && members.iter().all(|member| own.contains(member))
                });
                if !needed {
                    return Err(format!(
                        "undetermined, but {} does not matter ({})",
                        declared.named.name,
                        open_words(program, &found.open)
                    ));
                }
            }
            Ok(citations)
        }
        ExpectKind::Members { pathway, members } => {
            let found = evaluator.determine(*pathway, scenario.year);
            let mut own: Vec<(CategoryId, usize)> = members_of(&found);
            let mut wanted = members.clone();
            own.sort_unstable();
            wanted.sort_unstable();
            if own == wanted {
                return Ok(Vec::new());
            }
            let names: Vec<&str> =
                own.iter().map(|(category, member)| program.categories[category.0].members[*member].named.name.as_str()).collect();
            Err(format!("carried by {}", if names.is_empty() { "no member".to_owned() } else { names.join(", ") }))
        }
        ExpectKind::Provider { pathway, agency } => {
            let found = evaluator.determine(*pathway, scenario.year);
            let own: Vec<AgencyId> = found.holding().flat_map(|finding| finding.providers.iter().map(|provider| provider.agency)).collect();
            if own.contains(agency) {
                return Ok(Vec::new());
            }
            let names: Vec<&str> = own.iter().map(|agency| program.agencies[agency.0].name.as_str()).collect();
            Err(format!("provided by {}", if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }))
        }
        ExpectKind::Outcome { pathway, text } => {
            let found = evaluator.determine(*pathway, scenario.year);
            said(&found, text, "outcome", |gives| gives.outcome.as_deref())
        }
        ExpectKind::Status { pathway, text } => {
            let found = evaluator.determine(*pathway, scenario.year);
            said(&found, text, "status", |gives| gives.status.as_deref())
        }
    }
}

fn said(found: &Determination, text: &str, what: &str, of: impl Fn(&Gives) -> Option<&str>) -> Result<Vec<String>, String> {
    let own: Vec<&str> = found.holding().filter_map(|finding| of(finding.gives)).collect();
    if own.contains(&text) {
        return Ok(Vec::new());
    }
    Err(format!("{what} is {}", if own.is_empty() { "not given".to_owned() } else { own.join("; ") }))
}

/// Members that carry a determination, outermost counts only.
pub fn members_of(found: &Determination) -> Vec<(CategoryId, usize)> {
    let mut own: Vec<(CategoryId, usize)> =
        found.holding().flat_map(|finding| &finding.carried).map(|carried| (carried.category, carried.member)).collect();
    own.sort_unstable();
    own.dedup();
    own
}

fn declared_members(program: &Program, cell: &crate::eval::CellKey) -> Vec<(CategoryId, usize)> {
    let fact = &program.facts[cell.fact.0];
    fact.categories.iter().copied().zip(fact.members_at(program, cell.offset)).collect()
}

fn open_words(program: &Program, cells: &[crate::eval::CellKey]) -> String {
    let mut words: Vec<String> = cells.iter().take(6).map(|cell| crate::explain::cell_name(program, *cell)).collect();
    if cells.len() > 6 {
        words.push(format!("and {} more", cells.len() - 6));
    }
    format!("needs {}", words.join(", "))
}
