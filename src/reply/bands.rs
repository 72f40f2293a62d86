//! How a decision was reached, and what may follow from it.
//!
//! In: `words/bands.txt`, which says how often each way was right on cases. Out: a [`Band`] for each [`Ground`].
//! `replyd lab bands fixtures/decisions/*.jsonl` prints the table anew; a test compares the two.

use std::sync::LazyLock;

use super::Band;

/// How a decision was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ground {
    /// A button of ours was pressed.
    Button,
    /// Words that say it: "happy to meet her".
    Phrase,
    /// A short word right beside a name: "Noel fine".
    Short,
    /// Answers in the order of the letter: "y / n / y".
    Order,
    /// A time was given: "Luke, Friday at 4".
    Times,
    /// A reason and nothing else: "too junior".
    Reason,
    /// A reason, beside somebody who is wanted: "Ana on Monday please. Ben is too junior."
    Beside,
    /// A reason, where the letter named one candidate only.
    Sole,
    /// A reason and nothing else, in another language than English and about one of several.
    Foreign,
    /// Half a pass, and a reason for it: "not comfortable, too many moves".
    Agreed,
    /// What became of the role: "the position has been filled".
    Role,
    /// Left out of a set: "everyone but Omar".
    LeftOut,
    /// Somebody else came first: "Nina over Fred".
    Second,
    /// Named beside one who was turned down: "Ana and Ben. Not Carl."
    Named,
    /// Praised beside one who was turned down: "Ana looks great. Carl: no."
    Praised,
    /// Words that could mean it: "not convinced".
    Hint,
}

/// So many decisions must have been measured before anything follows from them.
const ENOUGH: usize = 5;

impl Ground {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Button,
        Self::Phrase,
        Self::Short,
        Self::Order,
        Self::Times,
        Self::Reason,
        Self::Beside,
        Self::Sole,
        Self::Foreign,
        Self::Agreed,
        Self::Role,
        Self::LeftOut,
        Self::Second,
        Self::Named,
        Self::Praised,
        Self::Hint,
    ];

    /// Its name in the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Button => "button",
            Self::Phrase => "phrase",
            Self::Short => "short",
            Self::Order => "order",
            Self::Times => "times",
            Self::Reason => "reason",
            Self::Beside => "beside",
            Self::Sole => "sole",
            Self::Foreign => "foreign",
            Self::Agreed => "agreed",
            Self::Role => "role",
            Self::LeftOut => "left_out",
            Self::Second => "second",
            Self::Named => "named",
            Self::Praised => "praised",
            Self::Hint => "hint",
        }
    }

    /// What may follow from a decision reached this way, when nothing speaks against it.
    #[must_use]
    pub fn band(self) -> Band {
        BANDS
            .iter()
            .find(|(ground, _)| *ground == self)
            .map_or(Band::Ask, |(_, band)| *band)
    }

    /// The band that `right` of `decided` decisions allow: 99 of 100 right, and enough of them to tell.
    /// A button says one thing only, and needs no measuring.
    #[must_use]
    pub fn earned(self, decided: usize, right: usize) -> Band {
        if self == Self::Button || decided >= ENOUGH && (decided - right) * 100 <= decided {
            Band::Act
        } else {
            Band::Ask
        }
    }
}

static BANDS: LazyLock<Vec<(Ground, Band)>> = LazyLock::new(|| {
    let lines = include_str!("words/bands.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut fields = line.split_whitespace();
            let name = fields.next()?;
            let ground = Ground::ALL.into_iter().find(|ground| ground.name() == name)?;
            let band = if fields.next_back()? == "act" { Band::Act } else { Band::Ask };
            Some((ground, band))
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ground_has_a_line_and_the_band_its_figures_earn() {
        for ground in Ground::ALL {
            let lines = include_str!("words/bands.txt").lines();
            let line: Vec<&str> = lines
                .map(|line| line.split_whitespace().collect::<Vec<_>>())
                .find(|fields| fields.first() == Some(&ground.name()))
                .unwrap_or_else(|| panic!("{}", ground.name()));
            let figures: Vec<usize> = line[1..3].iter().map(|figure| figure.parse().unwrap()).collect();
            assert_eq!(ground.band(), ground.earned(figures[0], figures[1]), "{line:?}");
        }
        assert_eq!(Ground::Hint.band(), Band::Ask);
    }
}
