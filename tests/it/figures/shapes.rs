//! Plots and tables as programs see them: well-formed, complete, and nothing in them that was not asked for.

use replyd::figures::{self, Explained, Funnel, ReasonCount, Share};
use replyd::model::Reason;

use super::House;

/// Every element of a plot, in order, and its texts.
fn read(svg: &str) -> (Vec<String>, Vec<String>) {
    let mut open = Vec::new();
    let (mut elements, mut texts) = (Vec::new(), Vec::new());
    let mut rest = svg;
    while let Some(at) = rest.find('<') {
        let text = rest[..at].trim();
        if !text.is_empty() {
            texts.push(text.to_owned());
        }
        let end = rest[at..].find('>').expect("a tag that ends") + at;
        let tag = &rest[at + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "{svg}");
        } else {
            let name = tag.split([' ', '/']).next().unwrap().to_owned();
            if !tag.ends_with('/') {
                open.push(name.clone());
            }
            elements.push(name);
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "not closed: {open:?}");
    (elements, texts)
}

#[test]
fn figures_plots_hold_text_and_nothing_to_load() {
    let funnel = Funnel {
        submitted: 120,
        sent: 118,
        viewed: 100,
        decided: 90,
        interested: 40,
        interview: 30,
        held: 3,
        ..Funnel::default()
    };
    let explained = Explained {
        sides: Vec::new(),
        with_reason: Share { part: 20, of: 50 },
        asked: 30,
        reasons: vec![
            ReasonCount {
                reason: Reason::Salary,
                passes: 15,
            },
            ReasonCount {
                reason: Reason::PreferredOther,
                passes: 5,
            },
        ],
    };
    let mut house = House::new();
    house.plays(
        "batch Ana Ben Cleo Dan Eve Finn in Europe/London for A: B by Rita Moss
         at 2026-03-02 10:00 submitted
         at 2026-03-02 10:01 sent
         at 2026-03-02 12:01 replies Ana pass; Ben pass; Cleo pass; Dan pass; Eve maybe
         batch Gus in Europe/London for A: B by Rita Moss
         at 2026-03-16 10:00 submitted
         at 2026-03-16 10:01 sent",
    );
    let weeks = house.report_at("2026-04-01T00:00:00Z").weeks;
    assert_eq!(weeks.iter().map(|line| line.within_48h.of).collect::<Vec<_>>(), [6, 0, 1]);
    for (svg, says) in [
        (
            figures::funnel_plot(&funnel).unwrap(),
            &["submitted", "120 (100%)", "held", "3 (2%)"][..],
        ),
        (
            figures::reasons_plot(&explained).unwrap(),
            &["Salary", "15 (75%)", "Preferred another", "5 (25%)"],
        ),
        (
            figures::weeks_plot(&weeks).unwrap(),
            &["2 Mar", "16 Mar", "n 6", "n 0", "n 1", "80"],
        ),
    ] {
        let (elements, texts) = read(&svg);
        for words in says {
            assert!(texts.iter().any(|text| text == words), "{words:?} is not among {texts:?}");
        }
        assert!(svg.contains("role=\"img\" aria-label=\""), "{svg}");
        for element in elements {
            assert!(
                ["svg", "rect", "text", "line", "polyline", "polygon", "circle"].contains(&element.as_str()),
                "{element}"
            );
        }
        assert!(!svg.contains("href") && !svg.contains("url(") && !svg.contains("style="), "{svg}");
    }
}

#[test]
fn figures_plots_of_nothing_are_plots() {
    for svg in [
        figures::funnel_plot(&Funnel::default()),
        figures::reasons_plot(&Explained::default()),
        figures::weeks_plot(&[]),
    ] {
        assert!(read(&svg.unwrap()).0.contains(&"svg".to_owned()));
    }
    let many = Funnel {
        submitted: u32::MAX,
        held: u32::MAX,
        ..Funnel::default()
    };
    assert!(
        read(&figures::funnel_plot(&many).unwrap())
            .1
            .iter()
            .any(|text| text.contains("4294967295"))
    );
}
