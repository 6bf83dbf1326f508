//! Decision diagrams over open cells: exact answers where data are missing.
//!
//! A node is an answer that still depends on cells: it asks one cell for its value and leads on to a node per
//! possible value, down to *yes* or *no*. Cells are asked in a fixed order and equal nodes are shared, so two
//! answers are the same exactly if their nodes are (Bryant, "Graph-Based Algorithms for Boolean Function
//! Manipulation", IEEE Trans. Computers C-35(8), 1986; with many-valued variables as in Srinivasan et al., ICCAD
//! 1990). Hence an answer is determined exactly if its node is *yes* or *no*, and the cells a node can reach are
//! exactly those whose value could still change it.

use crate::program::Mask;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

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

/// Nodes and what was computed of them.
#[derive(Debug, Default)]
pub struct Diagram {
    /// Rank and children of each node from 2 on; children in order of the values possible.
    nodes: Vec<(Rank, Box<[Node]>)>,
    unique: FxHashMap<(Rank, Box<[Node]>), Node>,
    memo: FxHashMap<(Op, Node, Node), Node>,
    not_memo: FxHashMap<Node, Node>,
}

impl Diagram {
    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len() + 2
    }

    /// Whether nothing is open yet.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn rank(&self, node: Node) -> Rank {
        match node.settled() {
            Some(_) => Rank::MAX,
            None => self.nodes[node.0 as usize - 2].0,
        }
    }

    fn make(&mut self, rank: Rank, children: Box<[Node]>) -> Node {
        if children.iter().all(|child| *child == children[0]) {
            return children[0];
        }
        if let Some(found) = self.unique.get(&(rank, children.clone())) {
            return *found;
        }
        let node = Node(self.nodes.len() as u32 + 2);
        self.nodes.push((rank, children.clone()));
        self.unique.insert((rank, children), node);
        node
    }

    /// The answer to "is the cell's value in `yes`?", where `possible` is what it can be.
    pub fn test(&mut self, rank: Rank, possible: Mask, yes: Mask) -> Node {
        if possible & !yes == 0 {
            return Node::YES;
        }
        if possible & yes == 0 {
            return Node::NO;
        }
        let children: Box<[Node]> = bits(possible).map(|bit| Node::from(yes & (1 << bit) != 0)).collect();
        self.make(rank, children)
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
        let key = (op, a.min(b), a.max(b));
        if let Some(found) = self.memo.get(&key) {
            return *found;
        }
        let (rank_a, rank_b) = (self.rank(a), self.rank(b));
        let rank = rank_a.min(rank_b);
        let width = if rank_a == rank { self.children(a).len() } else { self.children(b).len() };
        let children: Box<[Node]> = (0..width)
            .map(|value| {
                let left = if rank_a == rank { self.children(a)[value] } else { a };
                let right = if rank_b == rank { self.children(b)[value] } else { b };
                self.apply(op, left, right)
            })
            .collect();
        let node = self.make(rank, children);
        self.memo.insert(key, node);
        node
    }

    fn children(&self, node: Node) -> &[Node] {
        &self.nodes[node.0 as usize - 2].1
    }

    /// The opposite.
    pub fn not(&mut self, a: Node) -> Node {
        if let Some(answer) = a.settled() {
            return Node::from(!answer);
        }
        if let Some(found) = self.not_memo.get(&a) {
            return *found;
        }
        let rank = self.rank(a);
        let children: Vec<Node> = self.children(a).to_vec();
        let children: Box<[Node]> = children.into_iter().map(|child| self.not(child)).collect();
        let node = self.make(rank, children);
        self.not_memo.insert(a, node);
        self.not_memo.insert(node, a);
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
        let open = self.deepest_first(items.iter().copied().filter(|item| item.settled().is_none()));
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
        let items = self.deepest_first(items);
        items.into_iter().fold(Node::YES, |all, item| self.and(all, item))
    }

    /// Any of `items`.
    pub fn any(&mut self, items: impl IntoIterator<Item = Node>) -> Node {
        let items = self.deepest_first(items);
        items.into_iter().fold(Node::NO, |any, item| self.or(any, item))
    }

    fn deepest_first(&self, items: impl IntoIterator<Item = Node>) -> Vec<Node> {
        let mut items: Vec<Node> = items.into_iter().collect();
        items.sort_by_key(|item| std::cmp::Reverse(self.rank(*item)));
        items
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
