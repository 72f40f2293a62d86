//! Stands before the daemon's pages and passes every byte through, so that the demo notices when somebody has a page open.
//!
//! In: connections of a browser. Out: the same bytes at the daemon's listener.
//! Never here: a look at what passes.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// More than a browser opens.
const CONNECTIONS: usize = 64;

/// Passes connections on for ever. `seen` is called for each.
pub(super) async fn pass_on(listener: TcpListener, to: SocketAddr, seen: Arc<dyn Fn() + Send + Sync>) {
    let mut open = JoinSet::new();
    loop {
        while open.len() >= CONNECTIONS {
            open.join_next().await;
        }
        match listener.accept().await {
            Ok((mut browser, _)) => {
                seen();
                open.spawn(async move {
                    let _ = browser.set_nodelay(true);
                    if let Ok(mut daemon) = TcpStream::connect(to).await {
                        let _ = daemon.set_nodelay(true);
                        // Ends when both sides have: nothing to tell anybody.
                        let _ = copy_bidirectional(&mut browser, &mut daemon).await;
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection to the pages could not be accepted");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
        while open.try_join_next().is_some() {}
    }
}
