//! Small ways in which a drafter could have written something else.

use crate::program::*;
use crate::syntax::ast::{HowMany, WindowSpan};

/// One way: what stands there instead, in words too.
pub(super) struct Slip {
    pub kind: CondKind,
    pub from: String,
    pub to: String,
}

struct Slips<'a> {
    program: &'a Program,
    out: Vec<Slip>,
}

/// Every slip of one condition; those of its parts are theirs.
pub(super) fn of_cond(program: &Program, cond: &Cond) -> Vec<Slip> {
    let mut slips = Slips { program, out: Vec::new() };
    slips.cond(cond);
    slips.out
}

impl Slips<'_> {
    fn add(&mut self, kind: CondKind, from: impl Into<String>, to: impl Into<String>) {
        self.out.push(Slip { kind, from: from.into(), to: to.into() });
    }

    fn cond(&mut self, cond: &Cond) {
        match &cond.kind {
            CondKind::All(items) => {
                self.add(CondKind::Any(items.clone()), "all of", "any of");
                self.left_out(items, "all of", CondKind::All);
            }
            CondKind::Any(items) => {
                self.add(CondKind::All(items.clone()), "any of", "all of");
                self.left_out(items, "any of", CondKind::Any);
            }
            CondKind::NoneOf(items) => {
                self.add(CondKind::Any(items.clone()), "none of", "any of");
                self.left_out(items, "none of", CondKind::NoneOf);
            }
            CondKind::AtLeastOf(n, items) => {
                for other in beside(*n).filter(|other| *other as usize <= items.len()) {
                    self.add(CondKind::AtLeastOf(other, items.clone()), format!("at least {n} of"), format!("at least {other} of"));
                }
                let n = *n;
                self.left_out(items, &format!("at least {n} of"), |items| CondKind::AtLeastOf(n, items));
            }
            CondKind::Count(count) => self.count(count),
            CondKind::Window(window) => self.window(window),
            CondKind::ByMember(category, arms, arm_of) => {
                let names = &self.program.categories[category.0].members;
                let never = arms.iter().position(|arm| matches!(arm.kind, CondKind::Const(false)));
                for (member, arm) in arm_of.iter().enumerate() {
                    // to where no rule is, or else to the next case
                    let to = never.filter(|never| never != arm).or((never.is_none() && arms.len() > 1).then(|| (arm + 1) % arms.len()));
                    let Some(to) = to else { continue };
                    let mut moved = arm_of.clone();
                    moved[member] = to;
                    let name = &names[member].named.name;
                    let target = if Some(to) == never { "never".to_owned() } else { format!("the case after its own ({})", to + 1) };
                    self.add(
                        CondKind::ByMember(*category, arms.clone(), moved),
                        format!("case of {name}"),
                        format!("{name} falls under {target}"),
                    );
                }
            }
            CondKind::Cite(cite, negated) => {
                let text = &self.program.texts[cite.text.0];
                let name = format!("{}{}", text.citation(), text.labels[cite.label]);
                let words = |negated: bool| if negated { format!("{name} is not met") } else { format!("{name} is met") };
                self.add(CondKind::Cite(cite.clone(), !negated), words(*negated), words(!negated));
                for at in 0..cite.members.len() {
                    let (category, member) = cite.members[at];
                    for other in self.neighbors(category, member) {
                        let mut changed = cite.clone();
                        changed.members[at].1 = other;
                        let words =
                            |member: usize| format!("{name} for {}", self.program.categories[category.0].members[member].named.name);
                        self.add(CondKind::Cite(changed, *negated), words(member), words(other));
                    }
                }
            }
            CondKind::CiteValue(cite, mask) => {
                let text = &self.program.texts[cite.text.0];
                let clause = text.versions.iter().find_map(|version| version.clauses[cite.label]);
                let Some(scale) = clause.and_then(|clause| self.program.clauses[clause.0].value) else { return };
                let name = format!("{}{}", text.citation(), text.labels[cite.label]);
                let values: Vec<String> = self.program.scales[scale.0].values.iter().map(|value| value.name.clone()).collect();
                for other in on_scale(*mask, values.len()) {
                    let words = |mask| format!("{name} {}", scale_words(mask, &values));
                    self.add(CondKind::CiteValue(cite.clone(), other), words(*mask), words(other));
                }
            }
            CondKind::SubjectIs(kinds) => {
                let all = (1u64 << self.program.subject.kinds.len()) - 1;
                let mut others = vec![all & !kinds];
                others.extend((0..64).filter(|kind| kinds >> kind & 1 == 1 && kinds.count_ones() > 1).map(|kind| kinds & !(1 << kind)));
                let more = (0..self.program.subject.kinds.len()).map(|kind| kinds | 1 << kind);
                others.extend(more.filter(|more| more != kinds && *more != all));
                others.sort_unstable();
                others.dedup();
                for other in others {
                    let words = |kinds| format!("{} is {}", self.program.subject.named.name, kind_words(self.program, kinds));
                    self.add(CondKind::SubjectIs(other), words(*kinds), words(other));
                }
            }
            CondKind::Test(test) => self.test(test),
            CondKind::Bracket(fact, args, rows) => self.bracket(*fact, args, rows),
            CondKind::Grid(grid) => self.grid(grid),
            CondKind::Const(_) | CondKind::ByChoice(..) => {}
        }
    }

    fn left_out(&mut self, items: &[Cond], list: &str, made: impl Fn(Vec<Cond>) -> CondKind) {
        for at in (0..items.len()).filter(|_| items.len() > 1) {
            let mut others = items.to_vec();
            others.remove(at);
            self.add(made(others), format!("{list}, item {} of {}", at + 1, items.len()), "left out");
        }
    }

    fn count(&mut self, count: &Count) {
        let category = &self.program.categories[count.category.0];
        let several = |n| if n == 1 { &category.named.name } else { &category.plural };
        let words = |how: HowMany| match how {
            HowMany::AtLeast(n) => format!("at least {n} {}", several(n)),
            HowMany::AtMost(n) => format!("at most {n} {}", several(n)),
            HowMany::Exactly(n) => format!("exactly {n} {}", several(n)),
            HowMany::Every => format!("every {}", category.named.name),
            HowMany::Some => format!("some {}", category.named.name),
            HowMany::No => format!("no {}", category.named.name),
        };
        let others: Vec<HowMany> = match count.how {
            HowMany::AtLeast(n) => beside(n).map(HowMany::AtLeast).collect(),
            HowMany::AtMost(n) => beside(n).map(HowMany::AtMost).collect(),
            HowMany::Exactly(n) => beside(n).map(HowMany::Exactly).collect(),
            HowMany::Some => vec![HowMany::AtLeast(2), HowMany::No, HowMany::Every],
            HowMany::No => vec![HowMany::Some],
            HowMany::Every => vec![HowMany::Some],
        };
        for how in others {
            self.add(CondKind::Count(Box::new(Count { how, ..count.clone() })), words(count.how), words(how));
        }
        let none = |met: bool| if met { "met if none" } else { "never if none" };
        if count.or_all.is_some() || count.how == HowMany::Every {
            let other = Count { if_none: !count.if_none, ..count.clone() };
            self.add(CondKind::Count(Box::new(other)), none(count.if_none), none(!count.if_none));
        }
        if let Some((fewer, under)) = &count.or_all {
            self.add(
                CondKind::Count(Box::new(Count { or_all: None, ..count.clone() })),
                format!("or all if fewer than {fewer}"),
                "left out",
            );
            for other in beside(*fewer) {
                let or_all = Some((other, under.clone()));
                let (from, to) = (format!("or all if fewer than {fewer}"), format!("or all if fewer than {other}"));
                self.add(CondKind::Count(Box::new(Count { or_all, ..count.clone() })), from, to);
            }
            if under.is_some() {
                let or_all = Some((*fewer, None));
                self.add(CondKind::Count(Box::new(Count { or_all, ..count.clone() })), "count under", "left out");
            }
        }
        if let CondKind::Window(window) = &count.body.kind {
            let inner = Cond {
                label: None,
                kind: CondKind::Count(Box::new(Count { body: window.body.clone(), ..count.clone() })),
                at: count.body.at,
            };
            let swapped = Window { body: inner, ..(**window).clone() };
            self.add(CondKind::Window(Box::new(swapped)), format!("the {} outside, the years inside", category.named.name), "swapped");
        }
    }

    fn window(&mut self, window: &Window) {
        let years = &self.program.period.plural;
        let words = |span: WindowSpan| match span {
            WindowSpan::OfLast(n, m) => format!("at least {n} of the last {m} {years}"),
            WindowSpan::Each(n) => format!("each of the last {n} {years}"),
            WindowSpan::Previous => format!("the previous {}", self.program.period.named.name),
            WindowSpan::Ever(n) => format!("at least {n} {years}"),
        };
        let others: Vec<WindowSpan> = match window.span {
            WindowSpan::OfLast(n, m) => beside(n)
                .filter(|other| *other <= m)
                .map(|other| WindowSpan::OfLast(other, m))
                .chain(beside(m).filter(|other| *other >= n).map(|other| WindowSpan::OfLast(n, other)))
                .collect(),
            WindowSpan::Each(n) => beside(n).map(WindowSpan::Each).collect(),
            WindowSpan::Previous => vec![WindowSpan::Each(1)],
            WindowSpan::Ever(n) => beside(n).map(WindowSpan::Ever).collect(),
        };
        let with = |window: Window| CondKind::Window(Box::new(window));
        for span in others {
            let to = if span == WindowSpan::Each(1) { format!("this {}", self.program.period.named.name) } else { words(span) };
            self.add(with(Window { span, ..window.clone() }), words(window.span), to);
        }
        let published = |published: bool| if published { format!("published {years}") } else { format!("{years}, published or not") };
        let other = Window { published: !window.published, ..window.clone() };
        self.add(with(other), published(window.published), published(!window.published));
        if let Some(since) = window.since {
            for other in [Some(since - 1), Some(since + 1), None] {
                let to = other.map_or_else(|| "left out".to_owned(), |other| format!("since {other}"));
                self.add(with(Window { since: other, ..window.clone() }), format!("since {since}"), to);
            }
        }
        let words = |no: bool| if no { "a year without data is not a hit" } else { "a year without data stays open" };
        self.out.push(Slip {
            kind: with(Window { unsettled_is_no: !window.unsettled_is_no, ..window.clone() }),
            from: words(window.unsettled_is_no).to_owned(),
            to: words(!window.unsettled_is_no).to_owned(),
        });
        if let CondKind::Count(count) = &window.body.kind {
            let kind = with(Window { body: count.body.clone(), ..window.clone() });
            let inner = Cond { label: None, kind, at: window.body.at };
            let swapped = Count { body: inner, ..(**count).clone() };
            let category = &self.program.categories[count.category.0].named.name;
            self.add(CondKind::Count(Box::new(swapped)), format!("the years outside, the {category} inside"), "swapped");
        }
    }

    /// The members before and after one, in the order in which they are declared, round its end.
    fn neighbors(&self, category: CategoryId, member: usize) -> Vec<usize> {
        let n = self.program.categories[category.0].members.len();
        let mut others = vec![(member + n - 1) % n, (member + 1) % n];
        others.dedup();
        others.retain(|other| *other != member);
        others
    }

    /// One member taken for another.
    fn other_member(&mut self, test: &Test) {
        let name = &self.program.facts[test.fact.0].named.name;
        for (at, arg) in test.args.iter().enumerate() {
            let Arg::Member(category, member) = *arg else { continue };
            for other in self.neighbors(category, member) {
                let mut changed = test.clone();
                changed.args[at] = Arg::Member(category, other);
                let words = |member: usize| format!("{} {name}", self.program.categories[category.0].members[member].named.name);
                self.add(CondKind::Test(changed), words(member), words(other));
            }
        }
    }

    fn test(&mut self, test: &Test) {
        self.other_member(test);
        let fact = &self.program.facts[test.fact.0];
        let (n, absent, full) = (fact.n_values(self.program), fact.absent_bit(self.program), fact.full(self.program));
        match &test.mask {
            TestMask::Fixed(mask) => {
                let mut others = Vec::new();
                match &fact.kind {
                    _ if *mask == absent || *mask == full & !absent => {}
                    ValueKind::Values { scale: Some(_), .. } if mask & absent == 0 => others.extend(on_scale(*mask, n)),
                    ValueKind::Values { .. } if mask & absent == 0 => {
                        let values = (0..n).filter(|value| mask >> value & 1 == 1 && mask.count_ones() > 1);
                        others.extend(values.map(|value| mask & !(1 << value)));
                        if n == 2 && mask.count_ones() == 1 {
                            others.push(mask ^ 0b11);
                        }
                    }
                    ValueKind::Number { .. } => {
                        for cut in 1..n {
                            let (below, above) = (mask >> (cut - 1) & 1, mask >> cut & 1);
                            if below != above {
                                // one class more, one class less
                                others.extend([mask ^ (1 << (cut - 1)), mask ^ (1 << cut)]);
                            }
                        }
                    }
                    _ => {}
                }
                if !matches!(fact.kind, ValueKind::Number { .. }) {
                    others.push(full & !mask);
                }
                others.dedup();
                for other in others.into_iter().filter(|other| other & full != 0 && other & full != full) {
                    let words = |mask| format!("{} {}", fact.named.name, mask_words(self.program, fact, mask));
                    let changed = Test { mask: TestMask::Fixed(other), words: mask_words(self.program, fact, other), ..test.clone() };
                    self.add(CondKind::Test(changed), words(*mask), words(other));
                }
            }
            TestMask::ByMember(category, masks) => {
                let masks = masks.iter().map(|mask| full & !mask).collect();
                let changed = Test { mask: TestMask::ByMember(*category, masks), words: format!("not {}", test.words), ..test.clone() };
                self.add(CondKind::Test(changed), format!("{} {}", fact.named.name, test.words), "not");
            }
        }
    }

    /// Each boundary between two rows up and down by a step.
    fn bracket(&mut self, fact: FactId, args: &[Arg], rows: &[(Mask, usize)]) {
        let declared = &self.program.facts[fact.0];
        let row_of = |class: usize| rows.iter().position(|(mask, _)| mask >> class & 1 == 1);
        for cut in 1..declared.n_values(self.program) {
            let (Some(below), Some(above)) = (row_of(cut - 1), row_of(cut)) else { continue };
            if below == above {
                continue;
            }
            for (class, from, to) in [(cut, above, below), (cut - 1, below, above)] {
                let mut moved = rows.to_vec();
                moved[from].0 &= !(1 << class);
                moved[to].0 |= 1 << class;
                let words = declared.value_name(self.program, class);
                let direction = if class == cut { "up" } else { "down" };
                self.add(
                    CondKind::Bracket(fact, args.to_vec(), moved),
                    format!("boundary between rows {} and {}", below + 1, above + 1),
                    format!("a step {direction}: {} {words} in row {}", declared.named.name, to + 1),
                );
            }
        }
    }

    /// Each cell of a table one step worse and better.
    fn grid(&mut self, grid: &Grid) {
        let mut given: Vec<usize> = grid.cells.iter().map(|(.., value)| *value).collect();
        given.sort_unstable();
        given.dedup();
        for (at, (row, column, value)) in grid.cells.iter().enumerate() {
            let place = given.iter().position(|own| own == value).unwrap_or(0);
            for other in [place.checked_sub(1), Some(place + 1)].into_iter().flatten().filter_map(|place| given.get(place)) {
                let mut changed = grid.clone();
                changed.cells[at].2 = *other;
                self.add(
                    CondKind::Grid(Box::new(changed)),
                    format!("cell in row value {}, column value {}: value {}", row + 1, column + 1, value + 1),
                    format!("value {}", other + 1),
                );
            }
        }
    }
}

/// One less, where that is not nothing, and one more.
fn beside(n: u32) -> impl Iterator<Item = u32> {
    [n.checked_sub(1).filter(|less| *less > 0), n.checked_add(1)].into_iter().flatten()
}

/// One step on the scale, `or worse` or `or better` dropped or added.
fn on_scale(mask: Mask, n: usize) -> Vec<Mask> {
    let all: Mask = (1 << n) - 1;
    let (low, high) = (mask.trailing_zeros() as usize, (127 - mask.leading_zeros()) as usize);
    let run = |from: usize, to: usize| (all >> (n - 1 - to)) & (all << from);
    let mut out = Vec::new();
    if mask.count_ones() == 1 {
        out.extend([low.checked_sub(1), Some(low + 1)].into_iter().flatten().filter(|at| *at < n).map(|at| 1 << at));
        out.extend([run(0, low), run(low, n - 1)]);
    } else if mask == run(low, high) {
        let (first, last) = (low == 0, high == n - 1);
        if first {
            out.extend([run(0, high - 1), run(0, high + 1 - usize::from(last)), 1 << high]);
        } else if last {
            out.extend([run(low - 1, high), run((low + 1).min(high), high), 1 << low]);
        } else {
            out.extend((low..=high).map(|value| mask & !(1 << value)));
        }
    }
    out.retain(|other| *other != mask && *other != all);
    out.sort_unstable();
    out.dedup();
    out
}

fn scale_words(mask: Mask, values: &[String]) -> String {
    let n = values.len();
    let all: Mask = (1 << n) - 1;
    let names: Vec<&str> = (0..n).filter(|value| mask >> value & 1 == 1).map(|value| values[value].as_str()).collect();
    let (Some(first), Some(last)) = (names.first(), names.last()) else { return "is nothing".to_owned() };
    if names.len() > 1 && mask & (mask + 1) == 0 {
        format!("is {last} or worse")
    } else if names.len() > 1 && (all & !mask) & ((all & !mask) + 1) == 0 {
        format!("is {first} or better")
    } else {
        format!("is {}", names.join(" or "))
    }
}

/// A question as it could be written.
pub(super) fn mask_words(program: &Program, fact: &Fact, mask: Mask) -> String {
    let (absent, full) = (fact.absent_bit(program), fact.full(program));
    let mask = mask & full;
    if mask == absent {
        return "is absent".to_owned();
    }
    if mask == full & !absent {
        return "is present".to_owned();
    }
    if mask & absent != 0 {
        return format!("is not {}", mask_words(program, fact, full & !mask).trim_start_matches("is "));
    }
    let values: Vec<String> = (0..fact.n_values(program)).map(|value| fact.value_name(program, value)).collect();
    match &fact.kind {
        ValueKind::Values { scale: Some(_), .. } => scale_words(mask, &values),
        ValueKind::Number { boundaries, .. } => {
            let (low, high) = (mask.trailing_zeros() as usize, (127 - mask.leading_zeros()) as usize);
            let low = low.checked_sub(1).map(|at| boundaries[at]);
            let low = low.map(|cut| if cut.inclusive { format!("more than {}", cut.at) } else { format!("at least {}", cut.at) });
            let high = boundaries.get(high);
            let high = high.map(|cut| if cut.inclusive { format!("at most {}", cut.at) } else { format!("less than {}", cut.at) });
            format!("is {}", low.into_iter().chain(high).collect::<Vec<_>>().join(" and "))
        }
        _ => {
            let names: Vec<&str> = (0..values.len()).filter(|value| mask >> value & 1 == 1).map(|value| values[value].as_str()).collect();
            format!("is {}", names.join(" or "))
        }
    }
}

pub(super) fn kind_words(program: &Program, kinds: u64) -> String {
    let names: Vec<&str> =
        program.subject.kinds.iter().enumerate().filter(|(at, _)| kinds >> at & 1 == 1).map(|(_, kind)| kind.named.name.as_str()).collect();
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}
