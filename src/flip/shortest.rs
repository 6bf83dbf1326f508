//! The smallest changes as shortest ways through a diagram.

use super::{Change, Changes, Flip, Prices, SURE, State, World, place};
use crate::eval::diagram::{Diagram, Node};
use rustc_hash::FxHashMap;

/// The part of a diagram below one answer, laid out to be walked over and over.
#[derive(Debug)]
pub(super) struct Cone {
    /// For each node the place of its cell.
    place: Vec<u32>,
    /// Where the children of each node begin, and where the last one's end.
    start: Vec<u32>,
    /// Places of nodes: 0 is off the mark, 1 on it, the others from 2 on.
    children: Vec<u32>,
    root: usize,
}

impl Cone {
    /// The ways to *yes*, or to *no*.
    pub fn new(diagram: &Diagram, root: Node, to: bool) -> Self {
        let order = diagram.below(&[root]);
        let at: FxHashMap<Node, u32> = order.iter().enumerate().map(|(at, node)| (*node, at as u32 + 2)).collect();
        let at = |node: Node| match node.settled() {
            Some(answer) => u32::from(answer == to),
            None => at[&node],
        };
        let mut cone = Cone { place: Vec::new(), start: vec![0], children: Vec::new(), root: at(root) as usize };
        for node in &order {
            cone.place.push(place(diagram.rank(*node)) as u32);
            cone.children.extend(diagram.children(*node).iter().map(|child| at(*child)));
            cone.start.push(cone.children.len() as u32);
        }
        cone
    }

    fn children(&self, node: usize) -> &[u32] {
        &self.children[self.start[node - 2] as usize..self.start[node - 1] as usize]
    }

    fn place(&self, node: usize) -> usize {
        self.place[node - 2] as usize
    }
}

/// For each node what the shortest way from it costs.
fn costs(cone: &Cone, prices: &Prices) -> Vec<Option<u32>> {
    let mut costs = vec![None, Some(0)];
    for node in 2..cone.place.len() + 2 {
        let place = cone.place(node);
        let ways = cone.children(node).iter().enumerate();
        let best = ways.filter_map(|(child, to)| Some(prices.cost(place, child)? + costs[*to as usize]?)).min();
        costs.push(best);
    }
    costs
}

/// The shortest ways as changes; at most `most` of them.
pub(super) fn flip(world: &World, state: &State, cone: &Cone, prices: &Prices, most: usize) -> Flip {
    let costs = &costs(cone, prices);
    let Some(cost) = costs[cone.root] else { return Flip::Never };
    if cost == 0 {
        return Flip::Already;
    }
    let shortest = move |node: usize| {
        let place = cone.place(node);
        let ways = cone.children(node).iter().enumerate();
        ways.filter(move |(child, to)| prices.cost(place, *child).zip(costs[**to as usize]).map(|(step, rest)| step + rest) == costs[node])
    };
    let mut counts: Vec<u64> = vec![0, 1];
    for (node, cost) in costs.iter().enumerate().skip(2) {
        let ways = if cost.is_some() { shortest(node).map(|(_, to)| counts[*to as usize]).fold(0, u64::saturating_add) } else { 0 };
        counts.push(ways);
    }
    let mut sets: Vec<Vec<Change>> = Vec::new();
    let mut todo = vec![(cone.root, Vec::new())];
    while let Some((node, changes)) = todo.pop() {
        if sets.len() == most {
            break;
        }
        if node == SURE_PLACE {
            sets.push(changes);
            continue;
        }
        let place = cone.place(node);
        let mut next: Vec<(usize, Vec<Change>)> = shortest(node)
            .map(|(child, to)| {
                let mut changes = changes.clone();
                let costs = prices.cost(place, child).unwrap_or(0);
                if let (Some(to), true) = (prices.value(place, child), costs > 0) {
                    changes.push(Change { cell: world.cells[place].key, from: state.now[place], to });
                }
                (*to as usize, changes)
            })
            .collect();
        // ways that change an earlier cell first
        next.sort_by_key(|(_, own)| own.len());
        todo.append(&mut next);
    }
    let (steps, facts) = prices.parts(cost);
    Flip::By(Changes { steps, facts, count: counts[cone.root], sets })
}

/// Where [`SURE`] stands in a cone.
const SURE_PLACE: usize = 1;
const _: () = assert!(matches!(SURE, Node::YES));
