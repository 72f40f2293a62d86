//! Calendars of people: those that config.toml lists, and those of people with an interview under way. Each is asked once.

use chrono::Duration as Span;
use futures_util::{StreamExt as _, stream};

use super::{Line, SOON, Verdict, line, ok};
use crate::config::Config;
use crate::daemon::calendars::{Asked, Wanted, ask};
use crate::feed::Client;
use crate::model::Timestamp;
use crate::store::{Attending, CalendarSays, KeptCalendar, Store};

/// Asked at the same time.
const AT_ONCE: usize = 8;
/// More than these are not asked.
const MOST: usize = 100;

const FIX: &str = "look at its address, login and kind, in config.toml or in the batch; times are found without it meanwhile";

pub(super) async fn look(config: &Config, now: Timestamp) -> Vec<Line> {
    let database = config.database.clone();
    let stored = tokio::task::spawn_blocking(move || Store::wanted_calendars(&database, now)).await;
    // What is wrong with the database stands in a line of its own.
    let (attending, kept) = stored.ok().and_then(Result::ok).unwrap_or_default();
    let listed = config.calendars.people.iter().map(|person| Attending {
        address: person.address.clone(),
        zone: config.zone,
        feed: None,
    });
    // Who attends an interview is known better: by their zone.
    let mut people = attending;
    let known: Vec<_> = people.iter().map(|one| one.address.clone()).collect();
    people.extend(listed.filter(|one| !known.contains(&one.address)));
    let wanted: Vec<Wanted> = people.into_iter().filter_map(|one| Wanted::of(&config.calendars, one)).collect();
    let surplus = wanted.len().saturating_sub(MOST);
    let looking = wanted.into_iter().take(MOST).map(|one| {
        let last = kept.iter().find(|kept| kept.address == one.address);
        one_of_them(config, one, last, now)
    });
    let mut lines: Vec<Line> = stream::iter(looking).buffered(AT_ONCE).collect().await;
    if surplus > 0 {
        lines.push(super::skip("calendar", format!("{surplus} more calendars were not asked")));
    }
    lines
}

async fn one_of_them(config: &Config, one: Wanted, last: Option<&KeptCalendar>, now: Timestamp) -> Line {
    let client = Client {
        within: SOON,
        ..config.calendars.client.clone()
    };
    let ink = std::sync::Arc::new(config.ink.clone());
    let whose = format!("{} at {}", one.address.masked(), one.feed.host());
    match ask(&client, &ink, &one, None, now).await {
        Ok(Asked::Says(says)) if says.doubts.is_empty() => ok("calendar", format!("{whose}: {}", told(&says, now))),
        Ok(Asked::Says(says)) => line(
            "calendar",
            Verdict::Warn,
            format!("{whose}: {}; {}", told(&says, now), says.doubts.join("; ")),
            "they may be taken at other times as well: ask them, or for a calendar in another form",
        ),
        // Nothing was said of a version, so that this cannot be.
        Ok(Asked::Unchanged) => ok("calendar", format!("{whose}: unchanged")),
        Err(why) => {
            let read_at = last.filter(|kept| kept.feed == one.feed).and_then(|kept| kept.read_at);
            let stands = match read_at {
                Some(at) => format!("what it said {} min ago stands", (now - at).num_minutes()),
                None => "it was never read".to_owned(),
            };
            line("calendar", Verdict::Fail, format!("{whose}: {why}; {stands}"), FIX)
        }
    }
}

fn told(says: &CalendarSays, now: Timestamp) -> String {
    let busy = says.spans.union(&says.unnamed).within(now, now + Span::days(30));
    format!("read; taken {} times in the next 30 days", busy.iter().count())
}
