//! The patterns of `match`.

use super::{Converter, Result};
use crate::ast::{Constant, Pattern, PatternKind};
use ruff_python_ast as r;
use ruff_text_size::Ranged;

impl Converter<'_> {
    pub(super) fn pattern(&mut self, pattern: &r::Pattern) -> Result<Pattern> {
        self.nested(|c| c.pattern_inner(pattern))
    }

    fn pattern_inner(&mut self, pattern: &r::Pattern) -> Result<Pattern> {
        let kind = match pattern {
            r::Pattern::MatchValue(p) => PatternKind::MatchValue { value: self.boxed(&p.value)? },
            r::Pattern::MatchSingleton(p) => PatternKind::MatchSingleton {
                value: match p.value {
                    r::Singleton::None => Constant::None,
                    r::Singleton::True => Constant::True,
                    r::Singleton::False => Constant::False,
                },
            },
            r::Pattern::MatchSequence(p) => {
                PatternKind::MatchSequence { patterns: self.patterns(&p.patterns)? }
            }
            r::Pattern::MatchMapping(p) => PatternKind::MatchMapping {
                keys: self.exprs(&p.keys)?,
                patterns: self.patterns(&p.patterns)?,
                rest: self.optional_identifier(&p.rest)?,
            },
            r::Pattern::MatchClass(p) => {
                let cls = self.boxed(&p.cls)?;
                let patterns = self.patterns(&p.arguments.patterns)?;
                let mut kwd_attrs = Vec::with_capacity(p.arguments.keywords.len());
                let mut kwd_patterns = Vec::with_capacity(p.arguments.keywords.len());
                for keyword in &p.arguments.keywords {
                    kwd_attrs.push(self.identifier(&keyword.attr)?);
                    kwd_patterns.push(self.pattern(&keyword.pattern)?);
                }
                PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns }
            }
            r::Pattern::MatchStar(p) => PatternKind::MatchStar { name: self.optional_identifier(&p.name)? },
            r::Pattern::MatchAs(p) => PatternKind::MatchAs {
                pattern: p.pattern.as_ref().map(|p| self.pattern(p).map(Box::new)).transpose()?,
                name: self.optional_identifier(&p.name)?,
            },
            r::Pattern::MatchOr(p) => PatternKind::MatchOr { patterns: self.patterns(&p.patterns)? },
        };
        Ok(Pattern { kind, span: self.span(pattern.range()) })
    }

    fn patterns(&mut self, patterns: &[r::Pattern]) -> Result<Vec<Pattern>> {
        patterns.iter().map(|p| self.pattern(p)).collect()
    }
}
