//! Decision diagrams over open cells: exact answers where data are missing.
//!
//! A node is an answer that still depends on cells: it asks one cell for its value and leads on to a node per
//! possible value, down to *yes* or *no*. Cells are asked in a fixed order and equal nodes are shared, so two
//! answers are the same exactly if their nodes are (Bryant, "Graph-Based Algorithms for Boolean Function
//! Manipulation", IEEE Trans. Computers C-35(8), 1986; with many-valued variables as in Srinivasan et al., ICCAD
//! 1990). Hence an answer is determined exactly if its node is *yes* or *no*, and the cells a node can reach are
//! exactly those whose value could still change it.

use crate::program::Mask;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

/// Results that are remembered at most.
const MAX_COMPUTED: usize = 1 << 18;

/// A node, shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node(u32);

impl Node {
    /// The answer no.
    pub const NO: Node = Node(0);
    /// The answer yes.
    pub const YES: Node = Node(1);

    /// The answer, if determined.
    pub fn settled(self) -> Option<bool> {
        match self {
            Node::NO => Some(false),
            Node::YES => Some(true),
            _ => None,
        }
    }
}

impl From<bool> for Node {
    fn from(answer: bool) -> Self {
        if answer { Node::YES } else { Node::NO }
    }
}

/// Rank of a cell in the order of asking. Callers choose ranks so that cells that matter together are near.
pub type Rank = u64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Op {
    And,
    Or,
}

/// A node's question and where its children stand.
#[derive(Clone, Copy, Debug)]
struct Question {
    rank: Rank,
    start: u32,
    len: u32,
}

/// Nodes and what was computed of them.
///
/// Children lie in one vector, in order of the values possible; equal nodes are found by hashing. What two nodes make
/// together is remembered in a table in which newer results displace older ones, which costs time and never an answer.
#[derive(Debug, Default)]
pub struct Diagram {
    /// Of each node from 2 on.
    questions: Vec<Question>,
    children: Vec<Node>,
    /// Open addressing; 0 is free. At most half full.
    unique: Vec<u32>,
    computed: Vec<(Op, Node, Node, Node)>,
    opposites: FxHashMap<Node, Node>,
    /// Children of nodes in the making.
    making: Vec<Node>,
    /// So many nodes are made at most; 0 for no limit.
    limit: usize,
    overflowed: bool,
}

impl Diagram {
    /// A diagram that stops at `limit` nodes.
    pub fn with_limit(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// More nodes were needed than the limit allows: every node made since means nothing.
    pub fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.questions.len() + 2
    }

    /// Whether nothing is open yet.
    pub fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }

    /// The cell a node asks; after all others for *yes* and *no*.
    pub fn rank(&self, node: Node) -> Rank {
        match node.settled() {
            Some(_) => Rank::MAX,
            None => self.questions[node.0 as usize - 2].rank,
        }
    }

    fn child(&self, node: Node, value: usize) -> Node {
        self.children[self.questions[node.0 as usize - 2].start as usize + value]
    }

    /// What follows from each value, in order; for an open node.
    pub fn children(&self, node: Node) -> &[Node] {
        let question = self.questions[node.0 as usize - 2];
        &self.children[question.start as usize..][..question.len as usize]
    }

    /// The node whose children were pushed to `making` from `base` on.
    fn make(&mut self, rank: Rank, base: usize) -> Node {
        let first = self.making[base];
        if self.making[base..].iter().all(|child| *child == first) {
            self.making.truncate(base);
            return first;
        }
        if self.unique.len() < (self.questions.len() + 1) * 2 {
            self.grow();
        }
        let mut at = self.place(rank, &self.making[base..]);
        loop {
            let found = self.unique[at];
            if found == 0 {
                break;
            }
            if self.questions[found as usize - 2].rank == rank && self.children(Node(found)) == &self.making[base..] {
                self.making.truncate(base);
                return Node(found);
            }
            at = (at + 1) & (self.unique.len() - 1);
        }
        let node = Node(self.questions.len() as u32 + 2);
        self.unique[at] = node.0;
        let start = self.children.len() as u32;
        self.children.extend_from_slice(&self.making[base..]);
        self.questions.push(Question { rank, start, len: self.children.len() as u32 - start });
        self.making.truncate(base);
        node
    }

    /// Where a node would stand in the table, if nothing stood there.
    fn place(&self, rank: Rank, children: &[Node]) -> usize {
        let mut hash = FxHasher::default();
        rank.hash(&mut hash);
        children.iter().for_each(|child| child.hash(&mut hash));
        hash.finish() as usize & (self.unique.len() - 1)
    }

    fn grow(&mut self) {
        let len = (self.unique.len() * 2).max(64);
        self.unique = vec![0; len];
        for at in 0..self.questions.len() {
            let node = Node(at as u32 + 2);
            let mut place = self.place(self.questions[at].rank, self.children(node));
            while self.unique[place] != 0 {
                place = (place + 1) & (len - 1);
            }
            self.unique[place] = node.0;
        }
        if self.computed.len() < len.min(MAX_COMPUTED) {
            self.computed = vec![(Op::And, Node::NO, Node::NO, Node::NO); len.min(MAX_COMPUTED)];
        }
    }

    /// The answer to "is the cell's value in `yes`?", where `possible` is what it can be.
    pub fn test(&mut self, rank: Rank, possible: Mask, yes: Mask) -> Node {
        if possible & !yes == 0 {
            return Node::YES;
        }
        if possible & yes == 0 {
            return Node::NO;
        }
        let base = self.making.len();
        self.making.extend(bits(possible).map(|bit| Node::from(yes & (1 << bit) != 0)));
        self.make(rank, base)
    }

    /// A question with what follows from each value of its cell; all of that is asked later.
    pub fn ask(&mut self, rank: Rank, children: &[Node]) -> Node {
        let base = self.making.len();
        self.making.extend_from_slice(children);
        self.make(rank, base)
    }

    /// Holds whatever the values of the cells that `any` picks.
    pub fn whatever(&mut self, node: Node, any: &impl Fn(Rank) -> bool, seen: &mut FxHashMap<Node, Node>) -> Node {
        if node.settled().is_some() {
            return node;
        }
        if let Some(found) = seen.get(&node) {
            return *found;
        }
        let rank = self.rank(node);
        let children: Vec<Node> = (0..self.children(node).len()).map(|value| self.whatever(self.child(node, value), any, seen)).collect();
        let out = if any(rank) { self.all(children) } else { self.ask(rank, &children) };
        seen.insert(node, out);
        out
    }

    /// What is left once the cells that `fixed` picks have the value at that place among those possible.
    pub fn fixed(&mut self, node: Node, fixed: &impl Fn(Rank) -> Option<usize>, seen: &mut FxHashMap<Node, Node>) -> Node {
        if node.settled().is_some() {
            return node;
        }
        if let Some(found) = seen.get(&node) {
            return *found;
        }
        let rank = self.rank(node);
        let out = match fixed(rank) {
            Some(value) => self.fixed(self.child(node, value), fixed, seen),
            None => {
                let n = self.children(node).len();
                let children: Vec<Node> = (0..n).map(|value| self.fixed(self.child(node, value), fixed, seen)).collect();
                self.ask(rank, &children)
            }
        };
        seen.insert(node, out);
        out
    }

    /// Both.
    pub fn and(&mut self, a: Node, b: Node) -> Node {
        self.apply(Op::And, a, b)
    }

    /// Either.
    pub fn or(&mut self, a: Node, b: Node) -> Node {
        self.apply(Op::Or, a, b)
    }

    fn apply(&mut self, op: Op, a: Node, b: Node) -> Node {
        let (absorbing, neutral) = match op {
            Op::And => (Node::NO, Node::YES),
            Op::Or => (Node::YES, Node::NO),
        };
        if a == absorbing || b == absorbing {
            return absorbing;
        }
        if a == neutral || a == b {
            return b;
        }
        if b == neutral {
            return a;
        }
        if self.limit != 0 && self.questions.len() >= self.limit {
            self.overflowed = true;
            return absorbing;
        }
        let (a, b) = (a.min(b), a.max(b));
        let at = (u64::from(a.0) << 32 | u64::from(b.0) ^ op as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slot = |computed: &Vec<_>| (at >> 32) as usize & (computed.len() - 1);
        let (own_op, own_a, own_b, own) = self.computed[slot(&self.computed)];
        if (own_op, own_a, own_b) == (op, a, b) {
            return own;
        }
        let (rank_a, rank_b) = (self.rank(a), self.rank(b));
        let rank = rank_a.min(rank_b);
        let width = self.questions[(if rank_a == rank { a } else { b }).0 as usize - 2].len as usize;
        let base = self.making.len();
        for value in 0..width {
            let left = if rank_a == rank { self.child(a, value) } else { a };
            let right = if rank_b == rank { self.child(b, value) } else { b };
            let both = self.apply(op, left, right);
            self.making.push(both);
        }
        let node = self.make(rank, base);
        let slot = slot(&self.computed);
        self.computed[slot] = (op, a, b, node);
        node
    }

    /// The opposite.
    pub fn not(&mut self, a: Node) -> Node {
        if let Some(answer) = a.settled() {
            return Node::from(!answer);
        }
        if let Some(found) = self.opposites.get(&a) {
            return *found;
        }
        let base = self.making.len();
        for value in 0..self.children(a).len() {
            let opposite = self.not(self.child(a, value));
            self.making.push(opposite);
        }
        let node = self.make(self.rank(a), base);
        self.opposites.insert(a, node);
        self.opposites.insert(node, a);
        node
    }

    /// `then` where `condition` holds, `otherwise` elsewhere.
    pub fn choose(&mut self, condition: Node, then: Node, otherwise: Node) -> Node {
        let yes = self.and(condition, then);
        let not = self.not(condition);
        let no = self.and(not, otherwise);
        self.or(yes, no)
    }

    /// At least `n` of `items`.
    ///
    /// Items are joined from the last cell asked to the first: what is joined so far then hangs below the next item
    /// untouched, and the work is the size of the items, not of their count.
    pub fn at_least(&mut self, n: usize, items: &[Node]) -> Node {
        let sure = items.iter().filter(|item| **item == Node::YES).count();
        if sure >= n {
            return Node::YES;
        }
        let n = n - sure;
        let open = self.deepest_first(items.iter().copied().filter(|item| item.settled().is_none()).collect());
        if open.len() < n {
            return Node::NO;
        }
        // reached[k]: at least k+1 of the items so far
        let mut reached = vec![Node::NO; n];
        for item in open {
            for k in (0..n).rev() {
                let before = if k == 0 { Node::YES } else { reached[k - 1] };
                let now = self.and(before, item);
                reached[k] = self.or(reached[k], now);
            }
        }
        reached[n - 1]
    }

    /// All of `items`.
    pub fn all(&mut self, items: impl IntoIterator<Item = Node>) -> Node {
        let Some(open) = unless(Node::NO, items) else { return Node::NO };
        let items = self.deepest_first(open);
        items.into_iter().fold(Node::YES, |all, item| self.and(all, item))
    }

    /// Any of `items`.
    pub fn any(&mut self, items: impl IntoIterator<Item = Node>) -> Node {
        let Some(open) = unless(Node::YES, items) else { return Node::YES };
        let items = self.deepest_first(open);
        items.into_iter().fold(Node::NO, |any, item| self.or(any, item))
    }

    fn deepest_first(&self, mut items: Vec<Node>) -> Vec<Node> {
        items.sort_by_key(|item| std::cmp::Reverse(self.rank(*item)));
        items
    }

    /// One way to *yes*: cells with the place of their value among those possible. Of each cell the value that `prefer`
    /// puts first is taken among those that still lead there; `None` if the node is *no*.
    pub fn way(&self, node: Node, prefer: impl Fn(Rank, usize) -> usize) -> Option<Vec<(Rank, usize)>> {
        let mut way = Vec::new();
        let mut node = node;
        while node.settled().is_none() {
            let (rank, children) = (self.rank(node), self.children(node));
            // every node but *no* leads to *yes* somewhere
            let value = (0..children.len()).filter(|value| children[*value] != Node::NO).min_by_key(|value| prefer(rank, *value))?;
            way.push((rank, value));
            node = children[value];
        }
        (node == Node::YES).then_some(way)
    }

    /// Every open node below these, each after all that follow from it.
    pub fn below(&self, roots: &[Node]) -> Vec<Node> {
        let mut seen: FxHashSet<Node> = FxHashSet::default();
        let mut todo: Vec<Node> = roots.to_vec();
        while let Some(node) = todo.pop() {
            if node.settled().is_none() && seen.insert(node) {
                todo.extend(self.children(node));
            }
        }
        // a node is made after all that follow from it
        let mut out: Vec<Node> = seen.into_iter().collect();
        out.sort_unstable();
        out
    }

    /// Ranks of the cells whose value could still change the answer.
    pub fn support(&self, node: Node) -> BTreeSet<Rank> {
        let mut ranks = BTreeSet::new();
        let mut seen = FxHashSet::default();
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            if node.settled().is_some() || !seen.insert(node) {
                continue;
            }
            ranks.insert(self.rank(node));
            open.extend(self.children(node));
        }
        ranks
    }
}

/// The items that are open, or `None` if one of them is `absorbing`.
fn unless(absorbing: Node, items: impl IntoIterator<Item = Node>) -> Option<Vec<Node>> {
    let mut open = Vec::new();
    for item in items {
        if item == absorbing {
            return None;
        }
        if item.settled().is_none() {
            open.push(item);
        }
    }
    Some(open)
}

/// Positions of the bits set, ascending.
pub fn bits(mut mask: Mask) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        if mask == 0 {
            return None;
        }
        let bit = mask.trailing_zeros();
        mask &= mask - 1;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_and_its_opposite_is_settled() {
        let mut diagram = Diagram::default();
        let red = diagram.test(1, 0b1111, 0b0001);
        let not_red = diagram.not(red);
        assert_eq!(diagram.or(red, not_red), Node::YES);
        assert_eq!(diagram.and(red, not_red), Node::NO);
    }

    /// A cell that is Red or Orange beside a Red one settles "both Red, or one Red and the other Orange".
    #[test]
    fn red_or_orange_beside_red_settles_what_kleene_leaves_open() {
        let mut diagram = Diagram::default();
        let both_red = diagram.test(1, 0b0011, 0b0001);
        let mixed = diagram.test(1, 0b0011, 0b0010);
        assert_eq!(diagram.or(both_red, mixed), Node::YES);
    }

    #[test]
    fn the_support_leaves_out_cells_that_do_not_matter() {
        let mut diagram = Diagram::default();
        let a = diagram.test(1, 0b11, 0b01);
        let b = diagram.test(2, 0b11, 0b01);
        let not_b = diagram.not(b);
        let (x, y) = (diagram.and(a, b), diagram.and(a, not_b));
        let either = diagram.or(x, y);
        assert_eq!(either, a);
        assert_eq!(diagram.support(either).into_iter().collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn at_least_counts() {
        let mut diagram = Diagram::default();
        let open: Vec<Node> = (0..4).map(|rank| diagram.test(rank, 0b11, 0b01)).collect();
        let mut items = open.clone();
        items.extend([Node::YES, Node::YES]);
        assert_eq!(diagram.at_least(2, &items), Node::YES);
        let three = diagram.at_least(3, &items);
        assert_eq!(diagram.support(three).len(), 4);
        assert_eq!(diagram.at_least(7, &items), Node::NO);
    }
}
