//! Plots, as SVG: for the hub, a mail, or a file. Text in them is text, in whatever font the reader has.
//!
//! Only numbers and words of replyd's own stand in them, so that nothing has to be kept out.

use plotters::coord::ranged1d::{IntoSegmentedCoord, SegmentValue};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{Explained, Funnel, Share, WeekLine};

/// Width of every plot, in CSS pixels.
const WIDTH: u32 = 720;
/// Height of a horizontal bar with the space around it.
const BAR: u32 = 34;
/// Weeks shown, the last ones: half a year.
const WEEKS: usize = 26;

/// The library's height of a line, in heights of letters.
const LINE: f64 = 1.24;

/// The last place of an axis at the least: one of a single place has no length, and nothing is seen on it.
const FEWEST_PLACES: i32 = 1;
const INK: RGBColor = RGBColor(0x26, 0x32, 0x38);
const FADED: RGBColor = RGBColor(0x90, 0xa4, 0xae);
const FILL: RGBColor = RGBColor(0x2f, 0x6f, 0xab);
const TARGET: RGBColor = RGBColor(0xc0, 0x56, 0x21);

/// A plot could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the plot could not be drawn: {0}")]
pub struct PlotError(String);

/// How many came how far.
///
/// # Errors
/// The plotting library's.
pub fn funnel_plot(funnel: &Funnel) -> Result<String, PlotError> {
    let all = funnel.submitted;
    let bars = funnel.stages().map(|(name, n)| (name, n, Share { part: n, of: all }));
    bars_plot(&format!("How far {all} submissions came"), &bars)
}

/// The reasons of passes that stand.
///
/// # Errors
/// The plotting library's.
pub fn reasons_plot(of: &Explained) -> Result<String, PlotError> {
    let explained = of.with_reason.part;
    let bars = of.reasons.iter().map(|one| {
        let share = Share {
            part: one.passes,
            of: explained,
        };
        (one.reason.label(), one.passes, share)
    });
    let passes = of.with_reason.of;
    bars_plot(&format!("Reasons of {explained} of {passes} passes"), &bars.collect::<Vec<_>>())
}

/// Answers within 48 hours, week by week, with the target.
///
/// # Errors
/// The plotting library's.
pub fn weeks_plot(weeks: &[WeekLine]) -> Result<String, PlotError> {
    let weeks = weeks.get(weeks.len().saturating_sub(WEEKS)..).unwrap_or_default();
    let title = "Answered within 48 hours, by week of handing in (percent)";
    drawn(title, (WIDTH, 300), |area| {
        let count = i32::try_from(weeks.len().max(1)).unwrap_or(1);
        let mut chart = ChartBuilder::on(area)
            .margin(8)
            .caption(title, font(15))
            .x_label_area_size(26)
            .y_label_area_size(40)
            .build_cartesian_2d((0..(count - 1).max(FEWEST_PLACES)).into_segmented(), 0.0..112.0)?;
        let monday = |week: &SegmentValue<i32>| match week {
            SegmentValue::CenterOf(at) => {
                let line = usize::try_from(*at).ok().and_then(|at| weeks.get(at));
                line.map(|line| line.week.monday().format("%-d %b").to_string()).unwrap_or_default()
            }
            SegmentValue::Exact(_) | SegmentValue::Last => String::new(),
        };
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FADED.mix(0.35))
            .axis_style(FADED)
            .x_labels(weeks.len().clamp(1, 13))
            .x_label_formatter(&monday)
            .y_labels(6)
            .y_label_formatter(&|percent| format!("{percent:.0}"))
            .label_style(font(11))
            .draw()?;
        for (at, line) in (0..).zip(weeks) {
            let share = line.within_48h;
            let top = share.percent().unwrap_or(0.0);
            if share.percent().is_some() {
                let mut bar = Rectangle::new([(SegmentValue::Exact(at), 0.0), (SegmentValue::Exact(at + 1), top)], FILL.filled());
                bar.set_margin(0, 0, 3, 3);
                chart.draw_series(std::iter::once(bar))?;
            }
            // Of how many, above each bar; where they are too few for one, at its foot.
            let n = Text::new(
                format!("n {}", share.of),
                (SegmentValue::CenterOf(at), top + 1.0),
                note(10, HPos::Center, VPos::Bottom),
            );
            chart.draw_series(std::iter::once(n))?;
        }
        let target = vec![(SegmentValue::Exact(0), 80.0), (SegmentValue::Exact(count), 80.0)];
        chart.draw_series(std::iter::once(PathElement::new(target, TARGET.stroke_width(2))))?;
        Ok(())
    })
}

/// Bars from the left, the first one on top, each with its number and share.
fn bars_plot(title: &str, bars: &[(&'static str, u32, Share)]) -> Result<String, PlotError> {
    let count = u32::try_from(bars.len()).unwrap_or(0).max(1);
    let most = f64::from(bars.iter().map(|(_, n, _)| *n).max().unwrap_or(0).max(1));
    drawn(title, (WIDTH, 44 + BAR * count.max(2)), |area| {
        let last = i32::try_from(count).unwrap_or(1);
        let mut chart = ChartBuilder::on(area)
            .margin(8)
            .caption(title, font(15))
            .y_label_area_size(120)
            // Room for the number beside the longest one.
            .build_cartesian_2d(0.0..most * 1.22, (0..(last - 1).max(FEWEST_PLACES)).into_segmented())?;
        // The axis counts from below.
        let from_top = |at: i32| usize::try_from(last - 1 - at).ok().and_then(|at| bars.get(at));
        let name = |place: &SegmentValue<i32>| match place {
            SegmentValue::CenterOf(at) => from_top(*at).map_or("", |(name, _, _)| name).to_owned(),
            SegmentValue::Exact(_) | SegmentValue::Last => String::new(),
        };
        chart
            .configure_mesh()
            .disable_mesh()
            .disable_x_axis()
            .axis_style(FADED)
            .y_labels(bars.len().max(2))
            .y_label_formatter(&name)
            .label_style(font(13))
            .draw()?;
        for at in 0..last {
            let Some((_, n, share)) = from_top(at) else { continue };
            let end = f64::from(*n);
            let mut bar = Rectangle::new([(0.0, SegmentValue::Exact(at)), (end, SegmentValue::Exact(at + 1))], FILL.filled());
            bar.set_margin(5, 5, 0, 0);
            chart.draw_series(std::iter::once(bar))?;
            let percent = share.percent().map(|percent| format!(" ({percent:.0}%)")).unwrap_or_default();
            let told = Text::new(format!("{n}{percent}"), (6, 0), note(13, HPos::Left, VPos::Center));
            let told = EmptyElement::at((end, SegmentValue::CenterOf(at))) + told;
            chart.draw_series(std::iter::once(told))?;
        }
        Ok(())
    })
}

/// A drawing as SVG, with its title for whoever cannot see it. Titles are words of our own.
fn drawn<F>(title: &str, size: (u32, u32), draw: F) -> Result<String, PlotError>
where
    F: for<'a> FnOnce(&DrawingArea<SVGBackend<'a>, plotters::coord::Shift>) -> Result<(), DrawingAreaErrorKind<std::io::Error>>,
{
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let done = area.fill(&WHITE).and_then(|()| draw(&area)).and_then(|()| area.present());
        done.map_err(|error| PlotError(error.to_string()))?;
    }
    Ok(svg.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{title}\" "), 1))
}

/// `size` in CSS pixels. The library takes the height of a line, and makes it smaller by its own factor.
fn font(size: u32) -> TextStyle<'static> {
    ("sans-serif", f64::from(size) * LINE).into_font().color(&INK)
}

fn note(size: u32, h: HPos, v: VPos) -> TextStyle<'static> {
    font(size).pos(Pos::new(h, v))
}
