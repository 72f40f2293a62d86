//! A line with a distance: every byte arrives later by the same time, and as many may be on their way as the ends like.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

pub(crate) fn run(port: u16, target: &str, ms: u64) {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let delay = Duration::from_millis(ms);
    for stream in listener.incoming() {
        let near = stream.unwrap();
        let Ok(far) = TcpStream::connect(target) else { continue };
        pass_on(near.try_clone().unwrap(), far.try_clone().unwrap(), delay);
        pass_on(far, near, delay);
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    to.set_nodelay(true).unwrap();
    // Enough for 64 MB under way: it delays, it does not throttle.
    let (put, take) = mpsc::sync_channel::<(Instant, Vec<u8>)>(1024);
    std::thread::spawn(move || {
        let mut chunk = vec![0; 64 * 1024];
        while let Ok(got @ 1..) = from.read(&mut chunk) {
            if put.send((Instant::now() + delay, chunk[..got].to_vec())).is_err() {
                break;
            }
        }
    });
    std::thread::spawn(move || {
        for (due, bytes) in take {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}
