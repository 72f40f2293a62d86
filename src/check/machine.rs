//! This machine: its clock and its time zones.

use std::path::Path;

use chrono::Datelike;

use super::{Line, Told, Verdict, line, ok, skip};
use crate::calendar::zone_data;
use crate::config::Config;
use crate::model::Timestamp;

/// Letters carry our time, and links end by it.
const BEARABLE_S: i64 = 30;
const TOO_FAR_S: i64 = 300;

/// Our clock against what somebody else told.
pub(super) fn clock(told: Option<&Told>) -> Line {
    let fix = "let NTP set it: timedatectl set-ntp true";
    match told {
        Some(one) => {
            let seconds = one.ahead.num_seconds();
            let way = if seconds > 0 { "behind" } else { "ahead of" };
            let says = format!("{} s {way} {}", seconds.abs(), one.by);
            match seconds.abs() {
                0..=BEARABLE_S => ok("clock", format!("agrees with {}", one.by)),
                s if s <= TOO_FAR_S => line("clock", Verdict::Warn, says, fix),
                _ => line("clock", Verdict::Fail, says, fix),
            }
        }
        // What systemd-timesyncd leaves behind when it has set the clock.
        None if Path::new("/run/systemd/timesync/synchronized").exists() => ok("clock", "set by systemd-timesyncd"),
        None => skip("clock", "not checked: nobody elsewhere told the time; is NTP on? timedatectl tells"),
    }
}

/// The zones' own rules change several times a year.
pub(super) fn zones(config: &Config, now: Timestamp) -> Line {
    let data = zone_data();
    let says = format!("rules {data}, the agency is in {}", config.zone.name());
    let year: Option<i32> = data.get(..4).and_then(|year| year.parse().ok());
    match year {
        Some(year) if now.year() - year > 1 => line(
            "zones",
            Verdict::Warn,
            says,
            "install a newer replyd: countries change their clocks",
        ),
        Some(_) | None => ok("zones", says),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_be_a_little_off() {
        let told = |seconds| {
            clock(Some(&Told {
                by: "mx".to_owned(),
                ahead: chrono::Duration::seconds(seconds),
            }))
        };
        assert_eq!(told(30).verdict, Verdict::Ok);
        assert_eq!(told(31).verdict, Verdict::Warn);
        assert_eq!(told(-301).verdict, Verdict::Fail);
        assert!(told(-301).says.starts_with("301 s ahead of mx"));
        assert!(told(301).says.starts_with("301 s behind mx"));
    }
}
