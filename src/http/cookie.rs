//! Cookies that hold a device's secret: 32 random octets in hexadecimal.   RFC 6265

use axum::http::{HeaderMap, HeaderValue, header};

/// How a cookie is called and kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cookie {
    name: &'static str,
    seconds: u32,
    secure: bool,
}

impl Cookie {
    /// That of a session in the hub: twelve hours.
    pub(super) fn of_hub(public_url: &str) -> Self {
        Self::of(public_url, ["__Host-replyd-hub", "replyd-hub"], 12 * 60 * 60)
    }

    /// That of a device that asks for CVs: a day, which is longer than it may open any.
    pub(super) fn of_cvs(public_url: &str) -> Self {
        Self::of(public_url, ["__Host-replyd-cvs", "replyd-cvs"], 24 * 60 * 60)
    }

    /// Over https the name binds it to this very host; browsers take it from nobody else.
    fn of(public_url: &str, [https, http]: [&'static str; 2], seconds: u32) -> Self {
        let secure = public_url.starts_with("https://");
        Self {
            name: if secure { https } else { http },
            seconds,
            secure,
        }
    }

    /// The secret that a request bears. Two of them, or one of another shape, are none.
    pub(super) fn read(self, headers: &HeaderMap) -> Option<String> {
        let lines = headers.get_all(header::COOKIE);
        let pairs = lines.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
        let mut ours = pairs
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.name);
        let (_, secret) = ours.next()?;
        let shaped = secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
        (shaped && ours.next().is_none()).then(|| secret.to_owned())
    }

    pub(super) fn set(self, secret: &str) -> Option<HeaderValue> {
        self.line(secret, self.seconds)
    }

    pub(super) fn clear(self) -> Option<HeaderValue> {
        self.line("", 0)
    }

    fn line(self, secret: &str, seconds: u32) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let line = format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", self.name);
        HeaderValue::from_str(&line).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cookie: Cookie, lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, line.parse().unwrap());
        }
        cookie.read(&headers)
    }

    #[test]
    fn the_cookie_is_bound_to_the_host_over_https() {
        let (https, http) = (Cookie::of_hub("https://a.example/x"), Cookie::of_hub("http://127.0.0.1:8025"));
        let secret = "0123456789abcdef".repeat(4);
        let cvs = Cookie::of_cvs("https://a.example/x").set(&secret).unwrap();
        assert!(cvs.to_str().unwrap().starts_with("__Host-replyd-cvs=") && cvs.to_str().unwrap().ends_with("; Secure"));
        let line = https.set(&secret).unwrap();
        assert_eq!(
            line.to_str().unwrap(),
            format!("__Host-replyd-hub={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200; Secure")
        );
        assert!(!http.set(&secret).unwrap().to_str().unwrap().contains("Secure"));
        assert!(http.clear().unwrap().to_str().unwrap().contains("Max-Age=0"));
        let sent = format!("a=b; __Host-replyd-hub={secret}; replyd-hub=x");
        assert_eq!(read(https, &[&sent]).as_deref(), Some(secret.as_str()));
        assert_eq!(read(http, &[&sent]), None, "of another shape");
        assert_eq!(read(https, &[&sent, &sent]), None, "two are none");
        assert_eq!(read(https, &["", "replyd-hub"]), None);
    }
}
