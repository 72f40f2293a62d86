//! How many requests of each kind were answered how: counters that only grow.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;

/// What a request was for, as far as its path says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Area {
    Pages,
    Api,
    Health,
    Metrics,
}

const AREAS: [(Area, &str); 4] = [
    (Area::Pages, "pages"),
    (Area::Api, "api"),
    (Area::Health, "healthz"),
    (Area::Metrics, "metrics"),
];
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

/// Requests answered since the start, by area and class of the answer.
#[derive(Debug, Default)]
pub struct Traffic {
    counts: [[AtomicU64; CLASSES.len()]; AREAS.len()],
}

impl Traffic {
    /// Area, class (`2xx`) and count of everything, in a fixed order.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, &'static str, u64)> {
        let areas = AREAS.iter().zip(&self.counts);
        areas
            .flat_map(|((_, area), row)| {
                let classes = CLASSES.iter().zip(row);
                classes.map(|(class, count)| (*area, *class, count.load(Ordering::Relaxed)))
            })
            .collect()
    }

    pub(super) fn count(&self, path: &str, status: StatusCode) {
        let area = match path.split('/').nth(1) {
            Some("v1") => Area::Api,
            Some("healthz") => Area::Health,
            Some("metrics") => Area::Metrics,
            Some(_) | None => Area::Pages,
        };
        let row = AREAS.iter().position(|(known, _)| *known == area);
        let class = usize::from(status.as_u16() / 100).saturating_sub(2);
        let count = row.and_then(|row| self.counts.get(row)?.get(class));
        if let Some(count) = count {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_area_and_class() {
        let traffic = Traffic::default();
        for (path, status) in [
            ("/v1/batches", 201),
            ("/d/token", 200),
            ("/", 404),
            ("/healthz", 503),
            ("/metrics", 200),
        ] {
            traffic.count(path, StatusCode::from_u16(status).unwrap());
        }
        let counted: Vec<_> = traffic.counts().into_iter().filter(|(_, _, count)| *count > 0).collect();
        let expected = [
            ("pages", "2xx", 1),
            ("pages", "4xx", 1),
            ("api", "2xx", 1),
            ("healthz", "5xx", 1),
            ("metrics", "2xx", 1),
        ];
        assert_eq!(counted, expected);
    }
}
