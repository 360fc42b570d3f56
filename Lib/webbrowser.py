"""Open a URL in the user's browser.

Krait's own module: the library's copy only works inside a browser.  Unix and
macOS are covered.  A browser is described by data wherever it can be (the words
that ask a running instance for a tab or a window), and the list of known
browsers is searched when the first URL is opened, not when the module is
imported.
"""

import os
import shlex
import shutil
import subprocess
import sys
import threading

__all__ = ["Error", "open", "open_new", "open_new_tab", "get", "register"]


class Error(Exception):
    """A browser control error."""


# Lower-case name -> [class or function making a controller or None, controller or None].
_browsers = {}
# Names in the order in which they are tried; None until the known browsers were looked for.
_tryorder = None
# What the desktop calls its default browser, for example "firefox.desktop".
_os_preferred_browser = None
_lock = threading.RLock()

SAME_WINDOW, NEW_WINDOW, NEW_TAB = range(3)


def _known():
    """The names to try, looking for browsers the first time."""
    if _tryorder is None:
        with _lock:
            if _tryorder is None:
                register_standard_browsers()
    return _tryorder


def register(name, klass, instance=None, *, preferred=False):
    """Make a browser known under a name.

    Without an instance, klass() makes one when the browser is first needed.  A
    preferred browser, or the desktop's default one, is tried before the others.
    """
    with _lock:
        order = _known()
        _browsers[name.lower()] = [klass, instance]
        is_default = _os_preferred_browser is not None and name in _os_preferred_browser
        order.insert(0 if preferred or is_default else len(order), name)


def get(using=None):
    """Return a controller for the browser named, or for the first one that can be had.

    A name with %s in it is a command line; one that ends in & stays in the background.
    """
    order = _known()
    for name in order if using is None else [using]:
        if "%s" in name:
            words = shlex.split(name)
            if words[-1] == "&":
                return BackgroundBrowser(words[:-1])
            return GenericBrowser(words)
        klass, instance = _browsers.get(name.lower()) or _synthesize(name)
        if instance is not None:
            return instance
        if klass is not None:
            return klass()
    raise Error("could not locate runnable browser")


def open(url, new=SAME_WINDOW, autoraise=True):
    """Show a URL in the first browser that takes it; return whether one did.

    new is 0 for the same window, 1 for a new window, 2 for a new tab, each only
    if the browser can.  autoraise asks for the window to come to the front.
    """
    return any(get(name).open(url, new, autoraise) for name in list(_known()))


def open_new(url):
    """Show a URL in a new window, where the browser can."""
    return open(url, NEW_WINDOW)


def open_new_tab(url):
    """Show a URL in a new tab, where the browser can."""
    return open(url, NEW_TAB)


def _synthesize(browser, *, preferred=False):
    """Derive a controller for a command from the known browser with the same base name.

    The BROWSER variable may hold a path; the program at its end is controlled
    like the one known by that name.  Returns [None, None] if there is none.
    """
    nothing = [None, None]
    command = browser.split()[0]
    if shutil.which(command) is None:
        return nothing
    name = os.path.basename(command).lower()
    _, known = _browsers.get(name, nothing)
    if known is None or known.basename != name:
        return nothing
    import copy
    controller = copy.copy(known)
    controller.name = browser
    controller.basename = os.path.basename(browser)
    register(browser, None, instance=controller, preferred=preferred)
    return [None, controller]


class BaseBrowser:
    """What every controller has."""

    args = ["%s"]

    def __init__(self, name=""):
        self.name = name
        self.basename = name

    def open(self, url, new=SAME_WINDOW, autoraise=True):
        raise NotImplementedError

    def open_new(self, url):
        return self.open(url, NEW_WINDOW)

    def open_new_tab(self, url):
        return self.open(url, NEW_TAB)

    def _words(self, url):
        return [word.replace("%s", url) for word in self.args]


class GenericBrowser(BaseBrowser):
    """A command that is given the URL and runs until the user leaves it."""

    def __init__(self, name):
        if isinstance(name, str):
            self.name, self.args = name, ["%s"]
        else:
            self.name, *self.args = name
        self.basename = os.path.basename(self.name)

    def open(self, url, new=SAME_WINDOW, autoraise=True):
        sys.audit("webbrowser.open", url)
        try:
            process = subprocess.Popen([self.name, *self._words(url)], close_fds=True)
        except OSError:
            return False
        return process.wait() == 0


class BackgroundBrowser(GenericBrowser):
    """A command that is given the URL and left alone."""

    def open(self, url, new=SAME_WINDOW, autoraise=True):
        sys.audit("webbrowser.open", url)
        try:
            process = subprocess.Popen([self.name, *self._words(url)], close_fds=True,
                                       start_new_session=True)
        except OSError:
            return False
        return process.poll() is None


class UnixBrowser(BaseBrowser):
    """A browser whose running instance can be asked to show a URL."""

    # Words for "do not raise" and "raise"; empty ones are left out.
    raise_opts = None
    # Whether the program, started directly, returns at once.
    background = False
    # Whether its output goes nowhere when it only talks to a running instance.
    redirect_stdout = True
    # The words for a running instance, with %action replaced by one of the next three.
    remote_args = ["%action", "%s"]
    remote_action = None
    remote_action_newwin = None
    remote_action_newtab = None

    # Longer than this, and the instance asked is taken to be a new one that stays.
    _patience = 5

    def open(self, url, new=SAME_WINDOW, autoraise=True):
        sys.audit("webbrowser.open", url)
        if new == SAME_WINDOW:
            action = self.remote_action
        elif new == NEW_WINDOW or new == NEW_TAB and self.remote_action_newtab is None:
            action = self.remote_action_newwin
        elif new == NEW_TAB:
            action = self.remote_action_newtab
        else:
            raise Error(f"Bad 'new' parameter to open(); expected 0, 1, or 2, got {new}")
        words = [word.replace("%s", url).replace("%action", action) for word in self.remote_args]
        return (self._ask([word for word in words if word], autoraise)
                or self._start(self._words(url)))

    def _ask(self, words, autoraise):
        """Ask a running instance."""
        if self.raise_opts:
            option = self.raise_opts[bool(autoraise)]
            words = [option, *words] if option else words
        process = self._popen(words, subprocess.DEVNULL)
        try:
            return process.wait(self._patience) == 0
        except subprocess.TimeoutExpired:
            return True

    def _start(self, words):
        """Start the program."""
        if self.background:
            return self._popen(words, subprocess.DEVNULL).poll() is None
        # A browser in the terminal needs the terminal.
        return self._popen(words, None).wait() == 0

    def _popen(self, words, stream):
        return subprocess.Popen([self.name, *words], close_fds=True, stdin=stream,
                                stdout=stream if self.redirect_stdout else None,
                                stderr=stream, start_new_session=True)


class Mozilla(UnixBrowser):
    """Firefox and its relatives."""

    background = True
    remote_action = ""
    remote_action_newwin = "-new-window"
    remote_action_newtab = "-new-tab"


class Epiphany(UnixBrowser):
    """GNOME's browser."""

    background = True
    raise_opts = ["-noraise", ""]
    remote_action = "-n"
    remote_action_newwin = "-w"


class Chrome(UnixBrowser):
    """Chrome and browsers with its command line."""

    background = True
    remote_action = ""
    remote_action_newwin = "--new-window"
    remote_action_newtab = ""


Chromium = Chrome


class Opera(UnixBrowser):
    """Opera."""

    background = True
    remote_action = ""
    remote_action_newwin = "--new-window"
    remote_action_newtab = ""


class Edge(UnixBrowser):
    """Microsoft Edge."""

    background = True
    remote_action = ""
    remote_action_newwin = "--new-window"
    remote_action_newtab = ""


class Elinks(UnixBrowser):
    """A browser in the terminal that can be asked from another one."""

    # With its output redirected, elinks prints the page instead of showing it.
    redirect_stdout = False
    remote_args = ["-remote", "openURL(%s%action)"]
    remote_action = ""
    remote_action_newwin = ",new-window"
    remote_action_newtab = ",new-tab"


class Konqueror(BaseBrowser):
    """KDE's file manager and browser."""

    def open(self, url, new=SAME_WINDOW, autoraise=True):
        sys.audit("webbrowser.open", url)
        quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        action = "newTab" if new == NEW_TAB else "openURL"
        try:
            # The status of kfmclient says nothing about success.
            subprocess.Popen(["kfmclient", action, url], close_fds=True, **quiet).wait()
            return True
        except OSError:
            pass
        for command in (["konqueror", "--silent", url], ["kfm", "-d", url]):
            try:
                process = subprocess.Popen(command, close_fds=True, start_new_session=True, **quiet)
            except OSError:
                continue
            if process.poll() is None:
                return True
        return False


if sys.platform == "darwin":

    class MacOSXOSAScript(BaseBrowser):
        """A browser told what to do by an AppleScript."""

        def __init__(self, name="default"):
            super().__init__(name)

        def open(self, url, new=SAME_WINDOW, autoraise=True):
            sys.audit("webbrowser.open", url)
            place = 'open location "%s"' % url.replace('"', "%22")
            if self.name == "default":
                script = place
            else:
                script = 'tell application "%s"\nactivate\n%s\nend tell\n' % (self.name, place)
            pipe = os.popen("osascript", "w")
            pipe.write(script)
            return not pipe.close()


def register_X_browsers():
    """Look for browsers that need a display."""
    env = os.environ
    which = shutil.which
    if which("xdg-open"):
        register("xdg-open", None, BackgroundBrowser("xdg-open"))
    if which("gio"):
        register("gio", None, BackgroundBrowser(["gio", "open", "--", "%s"]))
    if "GNOME_DESKTOP_SESSION_ID" in env and which("gvfs-open"):
        register("gvfs-open", None, BackgroundBrowser("gvfs-open"))
    if "KDE_FULL_SESSION" in env and which("kfmclient"):
        register("kfmclient", Konqueror, Konqueror("kfmclient"))
    if which("x-www-browser"):
        register("x-www-browser", None, BackgroundBrowser("x-www-browser"))
    _register_found(Mozilla, "firefox", "iceweasel", "seamonkey", "mozilla-firefox", "mozilla")
    for name in ("kfm", "konqueror"):
        if which(name):
            register(name, Konqueror, Konqueror(name))
            break
    _register_found(Epiphany, "epiphany")
    _register_found(Chrome, "google-chrome", "chrome", "chromium", "chromium-browser")
    _register_found(Opera, "opera")
    _register_found(Edge, "microsoft-edge")


def _register_found(klass, *names):
    for name in names:
        if shutil.which(name):
            register(name, None, klass(name))


def _desktop_default():
    """What the desktop calls its default browser, or None."""
    try:
        said = subprocess.check_output(["xdg-settings", "get", "default-web-browser"],
                                       stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return said.decode().strip()


def register_standard_browsers():
    """Look for the browsers of this machine, best first."""
    global _tryorder, _os_preferred_browser
    _tryorder = []
    if sys.platform == "darwin":
        register("MacOSX", None, MacOSXOSAScript("default"))
        for name in ("chrome", "firefox", "safari"):
            register(name, None, MacOSXOSAScript(name))
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        _os_preferred_browser = _desktop_default()
        register_X_browsers()
    if os.environ.get("TERM"):
        _register_found(GenericBrowser, "www-browser", "links")
        _register_found(Elinks, "elinks")
        _register_found(GenericBrowser, "lynx", "w3m")
    # The first choice is registered last, so that it ends up in front.
    for choice in reversed(os.environ.get("BROWSER", "").split(os.pathsep)):
        if choice and _synthesize(choice, preferred=True)[1] is None:
            register(choice, None, GenericBrowser(choice), preferred=True)


def main():
    import argparse
    parser = argparse.ArgumentParser(prog="webbrowser", description="Open URL in web browser.")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("-n", "--new-window", dest="new", action="store_const", const=NEW_WINDOW,
                       default=SAME_WINDOW, help="open new window")
    where.add_argument("-t", "--new-tab", dest="new", action="store_const", const=NEW_TAB,
                       help="open new tab")
    parser.add_argument("url", help="URL to open")
    options = parser.parse_args()
    open(options.url, options.new)
    print("\a")


if __name__ == "__main__":
    main()
