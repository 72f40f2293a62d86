"""A Python for judges, made in the target directory: programs that are none of ours, in versions that stay the same."""
import fcntl
import os
import pathlib
import subprocess
import venv

root = pathlib.Path(__file__).resolve().parent.parent.parent
target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target")).resolve()
place = target / "python-invitations"
wanted = ["icalendar==7.3.0", "vobject==0.9.9", "khal==0.14.1"]


def interpreter():
    """The interpreter that has them; None, said aloud, when they cannot be installed, as without a network."""
    python = place / "bin/python"
    installed = place / "installed"
    target.mkdir(parents=True, exist_ok=True)
    with open(f"{place}.lock", "w") as lock:
        # Tests that run side by side make it once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if python.exists() and installed.is_file() and installed.read_text().split() == wanted:
            return python
        try:
            venv.create(place, with_pip=True, clear=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as error:
            print(f"not run: {', '.join(one.split('==')[0] for one in wanted)} (they cannot be installed: {error})")
            return None
        installed.write_text("\n".join(wanted))
        return python
