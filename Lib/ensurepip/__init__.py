"""Installs pip from a wheel that lies beside this module, or where WHEEL_PKG_DIR says.

The wheel is not part of Krait: put `pip-VERSION-py3-none-any.whl` into the folder `_bundled` here, or name its folder in the
environment variable KRAIT_WHEELS.
"""
import os
import subprocess
import sys
import sysconfig
import tempfile

__all__ = ["version", "bootstrap"]
_PACKAGE_NAMES = ("pip",)


def _folders():
    given = os.environ.get("KRAIT_WHEELS")
    if given:
        yield given
    packaged = sysconfig.get_config_var("WHEEL_PKG_DIR")
    if packaged:
        yield packaged
    yield os.path.join(os.path.dirname(__file__), "_bundled")


def _find_wheel(name):
    """The path and version of the newest wheel of a package."""
    for folder in _folders():
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        wheels = [n for n in names if n.startswith(name + "-") and n.endswith(".whl")]
        if wheels:
            def key(wheel):
                return [int(part) if part.isdigit() else -1 for part in wheel.split("-")[1].split(".")]

            newest = max(wheels, key=key)
            return os.path.join(folder, newest), newest.split("-")[1]
    raise FileNotFoundError(f"there is no wheel of {name}: looked in {', '.join(_folders())}")


def version():
    """The version of pip that would be installed."""
    return _find_wheel("pip")[1]


def bootstrap(*, root=None, upgrade=False, user=False, altinstall=False, default_pip=False, verbosity=0):
    """Installs pip into the running environment."""
    _bootstrap(root=root, upgrade=upgrade, user=user, altinstall=altinstall, default_pip=default_pip,
               verbosity=verbosity)


def _clear_settings():
    # pip's own settings must not change what is installed, or where.
    for name in [n for n in os.environ if n.startswith("PIP_")]:
        del os.environ[name]
    os.environ["PIP_CONFIG_FILE"] = os.devnull


def _run_pip(arguments, paths):
    code = f"import runpy, sys; sys.path = {paths!r} + sys.path; sys.argv[1:] = {arguments!r}; " \
           "runpy.run_module('pip', run_name='__main__', alter_sys=True)"
    command = [sys.executable, "-W", "ignore::DeprecationWarning"]
    if sys.flags.isolated:
        command.append("-I")
    return subprocess.run([*command, "-c", code], check=True).returncode


def _bootstrap(*, root=None, upgrade=False, user=False, altinstall=False, default_pip=False, verbosity=0):
    if altinstall and default_pip:
        raise ValueError("Cannot use altinstall and default_pip together")
    sys.audit("ensurepip.bootstrap", root)
    _clear_settings()
    # By default there are the scripts pip3 and pip3.12; pip alone only when asked for.
    if altinstall:
        os.environ["ENSUREPIP_OPTIONS"] = "altinstall"
    elif not default_pip:
        os.environ["ENSUREPIP_OPTIONS"] = "install"
    wheel, _ = _find_wheel("pip")
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, os.path.basename(wheel))
        with open(wheel, "rb") as source, open(copy, "wb") as target:
            target.write(source.read())
        arguments = ["install", "--no-cache-dir", "--no-index", "--find-links", folder]
        if root:
            arguments += ["--root", root]
        if upgrade:
            arguments += ["--upgrade"]
        if user:
            arguments += ["--user"]
        if verbosity:
            arguments += ["-" + "v" * verbosity]
        return _run_pip([*arguments, *_PACKAGE_NAMES], [copy])


def _uninstall_helper(*, verbosity=0):
    try:
        import pip
    except ImportError:
        return None
    if pip.__version__ != version():
        print(f"ensurepip will only uninstall a matching version ({pip.__version__!r} installed, {version()!r} available)",
              file=sys.stderr)
        return None
    _clear_settings()
    arguments = ["uninstall", "-y", "--disable-pip-version-check"]
    if verbosity:
        arguments += ["-" + "v" * verbosity]
    return _run_pip([*arguments, *reversed(_PACKAGE_NAMES)], [])


def _main(argv=None):
    import argparse

    parser = argparse.ArgumentParser(prog="python -m ensurepip")
    try:
        shown = f"pip {version()}"
    except FileNotFoundError:
        shown = "pip (no wheel)"
    parser.add_argument("--version", action="version", version=shown,
                        help="Show the version of pip that is bundled with this Python.")
    parser.add_argument("-v", "--verbose", action="count", default=0, dest="verbosity",
                        help="Give more output. Option is additive, and can be used up to 3 times.")
    parser.add_argument("-U", "--upgrade", action="store_true", default=False,
                        help="Upgrade pip and dependencies, even if already installed.")
    parser.add_argument("--user", action="store_true", default=False, help="Install using the user scheme.")
    parser.add_argument("--root", default=None, help="Install everything relative to this alternate root directory.")
    parser.add_argument("--altinstall", action="store_true", default=False,
                        help="Make an alternate install, installing only the X.Y versioned scripts (Default: pipX, pipX.Y).")
    parser.add_argument("--default-pip", action="store_true", default=False,
                        help="Make a default pip install, installing the unqualified pip in addition to the versioned scripts.")
    options = parser.parse_args(argv)
    return _bootstrap(root=options.root, upgrade=options.upgrade, user=options.user, verbosity=options.verbosity,
                      altinstall=options.altinstall, default_pip=options.default_pip)
