//! An SMTP server that takes everything and keeps nothing: pipelining, a thread for each connection, one write for each read.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) fn run(port: u16, count: usize) {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let taken = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        let taken = Arc::clone(&taken);
        std::thread::spawn(move || serve(stream.unwrap(), &taken, count));
    }
}

fn serve(mut stream: TcpStream, taken: &AtomicUsize, count: usize) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    stream.write_all(b"220 sink.test ESMTP\r\n").ok()?;
    let mut unread = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    let mut in_body = false;
    loop {
        let got = stream.read(&mut chunk).ok().filter(|got| *got > 0)?;
        unread.extend_from_slice(&chunk[..got]);
        let mut answers = Vec::new();
        let mut used = 0;
        let mut quit = false;
        loop {
            let rest = &unread[used..];
            if in_body {
                let Some(end) = body_end(rest) else { break };
                used += end;
                in_body = false;
                answers.extend_from_slice(b"250 2.0.0 taken\r\n");
                let now = taken.fetch_add(1, Ordering::SeqCst) + 1;
                if now.is_multiple_of(count) {
                    println!("{now} letters");
                }
                continue;
            }
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                break;
            };
            let verb = rest[..end.min(4)].to_ascii_uppercase();
            used += end + 1;
            answers.extend_from_slice(match &verb[..] {
                b"EHLO" => b"250-sink.test\r\n250-PIPELINING\r\n250-SIZE 50000000\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n",
                b"DATA" => b"354 go on\r\n",
                b"QUIT" => b"221 2.0.0 bye\r\n",
                _ => b"250 2.0.0 ok\r\n",
            });
            in_body = verb == b"DATA";
            quit |= verb == b"QUIT";
        }
        if in_body {
            // All but what may be the beginning of the end.
            used = used.max(unread.len().saturating_sub(4));
        }
        unread.drain(..used);
        stream.write_all(&answers).ok()?;
        if quit {
            return None;
        }
    }
}

/// Where the body's final dot ends.
fn body_end(body: &[u8]) -> Option<usize> {
    const END: &[u8] = b"\r\n.\r\n";
    let mut from = 0;
    while let Some(at) = body[from..].iter().position(|byte| *byte == b'.') {
        let dot = from + at;
        if dot >= 2 && body.get(dot - 2..dot + 3) == Some(END) {
            return Some(dot + 3);
        }
        from = dot + 1;
    }
    None
}
