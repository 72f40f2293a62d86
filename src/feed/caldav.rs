//! A calendar on a server that answers questions: when is its owner busy; where it will not say, which events lie there.   RFC 4791 7.8, 7.10

use super::ask::Answer;
use super::{Client, Fetched, Login, Trouble, Version, xml};
use crate::calendar::LARGEST_CALENDAR;
use crate::model::{Feed, Timestamp};

/// A calendar in XML has its line ends and signs escaped.
const LARGEST_ANSWER: usize = 2 * LARGEST_CALENDAR;

impl Client {
    /// Asks for the busy times between two instants; a server that refuses to tell them is asked for the events.
    pub(super) async fn collection(&self, feed: &Feed, login: Option<&Login>, from: Timestamp, to: Timestamp) -> Result<Fetched, Trouble> {
        let spelled = |at: Timestamp| at.format("%Y%m%dT%H%M%SZ").to_string();
        let range = format!(r#"<C:time-range start="{}" end="{}"/>"#, spelled(from), spelled(to));
        let question = format!(
            r#"<?xml version="1.0" encoding="utf-8"?><C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">{range}</C:free-busy-query>"#
        );
        let told = self.report(feed, login, &question, LARGEST_CALENDAR).await?;
        match told.got.status {
            200 if is_calendar(&told.got.body) => return Ok(calendar(told.got.body.to_vec())),
            // The events would be refused as well.
            401 | 404 | 410 | 429 | 503 => return Err(told.refusal()),
            _ => {}
        }
        let question = format!(
            r#"<?xml version="1.0" encoding="utf-8"?><C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">{range}</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"#
        );
        let told = self.report(feed, login, &question, LARGEST_ANSWER).await?;
        if told.got.status != 207 {
            return Err(told.refusal());
        }
        let Some(events) = xml::texts(&String::from_utf8_lossy(&told.got.body), "multistatus", "calendar-data") else {
            return Err(Trouble::Answer {
                host: told.host,
                why: "gives an answer that is no list of events".to_owned(),
            });
        };
        let mut bytes = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_vec();
        for event in events {
            bytes.extend_from_slice(event.trim().as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        Ok(calendar(bytes))
    }

    async fn report(&self, feed: &Feed, login: Option<&Login>, question: &str, largest: usize) -> Result<Answer, Trouble> {
        let headers = [("content-type", "application/xml; charset=utf-8"), ("depth", "1")];
        self.ask(feed, login, "REPORT", &headers, question, largest).await
    }
}

/// Servers that do not know the question answer with a page.
fn is_calendar(body: &[u8]) -> bool {
    let begin = b"BEGIN:VCALENDAR";
    let body = body.trim_ascii_start();
    body.get(..begin.len()).is_some_and(|found| found.eq_ignore_ascii_case(begin))
}

fn calendar(bytes: Vec<u8>) -> Fetched {
    Fetched::Calendar {
        bytes,
        version: Version::default(),
    }
}
