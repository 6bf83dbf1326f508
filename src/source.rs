//! Source texts: their names, their bytes, and the way from a byte offset to a line and a column.

use crate::span::{SourceId, Span};

/// One rule file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name shown in messages, as the user gave it.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Byte offsets at which its lines start.
    starts: Vec<u32>,
}

/// All rule files of a run, in reading order.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
}

impl Sources {
    /// Adds a text and returns its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let text = text.into();
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1)).collect();
        self.list.push(Source { name: name.into(), text, starts });
        SourceId(self.list.len() as u32 - 1)
    }

    /// The text with this id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.list[id.0 as usize]
    }

    /// Every text with its id.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.list.iter().enumerate().map(|(index, source)| (SourceId(index as u32), source))
    }

    /// The characters a span covers.
    pub fn slice(&self, span: Span) -> &str {
        &self.get(span.source).text[span.start as usize..span.end as usize]
    }

    /// Line and column of a span's first byte, both counted from 1; columns count characters.
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let source = self.get(span.source);
        let line = source.starts.partition_point(|start| *start <= span.start);
        let column = source.text[source.starts[line - 1] as usize..span.start as usize].chars().count() + 1;
        (line, column)
    }

    /// `file:line`, as explanations cite a rule.
    pub fn place(&self, span: Span) -> String {
        format!("{}:{}", self.get(span.source).name, self.line_column(span).0)
    }
}
