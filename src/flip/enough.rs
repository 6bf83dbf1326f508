//! The smallest sets of facts that give an answer whatever all other cells are.
//!
//! A set is enough if the answer holds for every value of the cells outside it, and smallest if no cell of it can be left
//! out: the prime implicants that the subject's own facts satisfy (Shih, Choi and Darwiche, "A Symbolic Approach to
//! Explaining Bayesian Network Classifiers", IJCAI 2018). They are found cell by cell down the diagram: either the cell may
//! have any value, or it is needed. Families of sets are kept as zero-suppressed diagrams (Minato, DAC 1993), so that
//! thousands of them cost little.

use super::{World, place};
use crate::eval::CellKey;
use crate::eval::diagram::{Diagram, Node, bits};
use crate::program::Mask;
use rustc_hash::FxHashMap;

/// Sets of facts, each enough by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enough {
    /// How many there are.
    pub count: u64,
    /// What is published stands in for facts that are not known.
    pub published: bool,
    /// The smallest first, as many as were asked for.
    pub sets: Vec<Vec<CellKey>>,
}

pub(super) fn enough(world: &World, diagram: &mut Diagram, node: Node, now: &[Mask], most: usize) -> Option<Enough> {
    let mut search = Search { diagram, now, families: Families::default(), of: FxHashMap::default(), sure: FxHashMap::default() };
    if search.as_it_is(node) != Node::YES {
        return None;
    }
    let family = search.smallest(node);
    if search.diagram.overflowed() {
        return None;
    }
    let families = search.families;
    let sets = families.sets(family, most);
    let keys = |set: Vec<usize>| set.into_iter().map(|place| world.cells[place].key).collect();
    Some(Enough { count: families.count(family), published: false, sets: sets.into_iter().map(keys).collect() })
}

struct Search<'s> {
    diagram: &'s mut Diagram,
    /// The classes each cell can be in.
    now: &'s [Mask],
    families: Families,
    of: FxHashMap<Node, Family>,
    sure: FxHashMap<Node, Node>,
}

impl Search<'_> {
    /// The answer to all the subject's facts can be.
    fn as_it_is(&mut self, node: Node) -> Node {
        if node.settled().is_some() {
            return node;
        }
        if let Some(found) = self.sure.get(&node) {
            return *found;
        }
        let own = self.own(node);
        let out = if own.into_iter().all(|child| self.as_it_is(child) == Node::YES) { Node::YES } else { Node::NO };
        self.sure.insert(node, out);
        out
    }

    /// What follows from the values that the asked cell can have.
    fn own(&self, node: Node) -> Vec<Node> {
        let now = self.now[place(self.diagram.rank(node))];
        let children = self.diagram.children(node);
        bits(now).map(|class| children[class as usize]).collect()
    }

    fn smallest(&mut self, node: Node) -> Family {
        match node.settled() {
            Some(true) => return Family::EMPTY_SET,
            Some(false) => return Family::NONE,
            None => {}
        }
        if let Some(found) = self.of.get(&node) {
            return *found;
        }
        let cell = place(self.diagram.rank(node));
        let (all, own) = (self.diagram.children(node).to_vec(), self.own(node));
        let whatever = self.diagram.all(all);
        let needed = self.diagram.all(own);
        let without = self.smallest(whatever);
        let with = self.smallest(needed);
        let with = self.families.without(with, without);
        let out = self.families.node(cell, without, with);
        self.of.insert(node, out);
        out
    }
}

/// A family of sets, shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Family(u32);

impl Family {
    /// No set.
    const NONE: Family = Family(0);
    /// The empty set alone.
    const EMPTY_SET: Family = Family(1);
}

/// Families as diagrams: a cell, the sets without it, the sets with it.
#[derive(Debug, Default)]
struct Families {
    nodes: Vec<(usize, Family, Family)>,
    unique: FxHashMap<(usize, Family, Family), Family>,
    computed: FxHashMap<(Family, Family), Family>,
}

impl Families {
    fn node(&mut self, cell: usize, without: Family, with: Family) -> Family {
        if with == Family::NONE {
            return without;
        }
        let next = Family(self.nodes.len() as u32 + 2);
        let found = *self.unique.entry((cell, without, with)).or_insert(next);
        if found == next {
            self.nodes.push((cell, without, with));
        }
        found
    }

    fn parts(&self, family: Family) -> Option<(usize, Family, Family)> {
        (family.0 as usize).checked_sub(2).map(|at| self.nodes[at])
    }

    /// The sets of `a` that hold no set of `b`.
    fn without(&mut self, a: Family, b: Family) -> Family {
        if b == Family::EMPTY_SET || a == Family::NONE || a == b {
            return Family::NONE;
        }
        if b == Family::NONE {
            return a;
        }
        if let Some(found) = self.computed.get(&(a, b)) {
            return *found;
        }
        let out = match (self.parts(a), self.parts(b)) {
            (None, _) => {
                // the empty set holds none but itself
                let mut rest = b;
                while let Some((_, without, _)) = self.parts(rest) {
                    rest = without;
                }
                if rest == Family::EMPTY_SET { Family::NONE } else { a }
            }
            (Some(_), None) => a,
            (Some((cell, without, with)), Some((other, _, _))) if cell < other => {
                let (without, with) = (self.without(without, b), self.without(with, b));
                self.node(cell, without, with)
            }
            (Some((cell, ..)), Some((other, rest, _))) if cell > other => self.without(a, rest),
            (Some((cell, without, with)), Some((_, own_without, own_with))) => {
                let without = self.without(without, own_without);
                let with = self.without(with, own_without);
                let with = self.without(with, own_with);
                self.node(cell, without, with)
            }
        };
        self.computed.insert((a, b), out);
        out
    }

    fn count(&self, family: Family) -> u64 {
        let mut counts: Vec<u64> = vec![0, 1];
        for (_, without, with) in &self.nodes {
            counts.push(counts[without.0 as usize].saturating_add(counts[with.0 as usize]));
        }
        counts[family.0 as usize]
    }

    /// The smallest sets, at most `most`.
    fn sets(&self, family: Family, most: usize) -> Vec<Vec<usize>> {
        // for each node, how many sets of each size
        let mut least: Vec<Option<usize>> = vec![None, Some(0)];
        for (_, without, with) in &self.nodes {
            let with = least[with.0 as usize].map(|least| least + 1);
            least.push([least[without.0 as usize], with].into_iter().flatten().min());
        }
        let mut out = Vec::new();
        let Some(first) = least[family.0 as usize] else { return out };
        let longest = self.longest(family);
        for size in first..=longest {
            self.of_size(family, size, &least, &mut Vec::new(), most, &mut out);
            if out.len() == most {
                break;
            }
        }
        out
    }

    fn longest(&self, family: Family) -> usize {
        let mut longest: Vec<usize> = vec![0, 0];
        for (_, without, with) in &self.nodes {
            longest.push(longest[without.0 as usize].max(longest[with.0 as usize] + 1));
        }
        longest[family.0 as usize]
    }

    fn of_size(&self, family: Family, size: usize, least: &[Option<usize>], set: &mut Vec<usize>, most: usize, out: &mut Vec<Vec<usize>>) {
        if out.len() == most || least[family.0 as usize].is_none_or(|least| least > size) {
            return;
        }
        match self.parts(family) {
            None if size == 0 => out.push(set.clone()),
            None => {}
            Some((cell, without, with)) => {
                if size > 0 {
                    set.push(cell);
                    self.of_size(with, size - 1, least, set, most, out);
                    set.pop();
                }
                self.of_size(without, size, least, set, most, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_ways_each_is_one_set() {
        // a and b, or c
        let mut diagram = Diagram::default();
        let [a, b, c] = [0, 2, 4].map(|rank| diagram.test(rank, 0b11, 0b10));
        let both = diagram.and(a, b);
        let either = diagram.or(both, c);
        let now = [0b10, 0b10, 0b10];
        let mut search = Search {
            diagram: &mut diagram,
            now: &now,
            families: Families::default(),
            of: FxHashMap::default(),
            sure: FxHashMap::default(),
        };
        let family = search.smallest(either);
        assert_eq!(search.families.count(family), 2);
        assert_eq!(search.families.sets(family, 10), [vec![2], vec![0, 1]]);
        assert_eq!(search.families.sets(family, 1), [vec![2]]);
    }

    #[test]
    fn three_of_five_are_ten_sets() {
        let mut diagram = Diagram::default();
        let items: Vec<Node> = (0..5).map(|at| diagram.test(at * 2, 0b11, 0b10)).collect();
        let three = diagram.at_least(3, &items);
        let now = [0b10; 5];
        let mut search = Search {
            diagram: &mut diagram,
            now: &now,
            families: Families::default(),
            of: FxHashMap::default(),
            sure: FxHashMap::default(),
        };
        let family = search.smallest(three);
        assert_eq!(search.families.count(family), 10);
    }
}
