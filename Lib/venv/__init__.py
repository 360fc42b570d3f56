"""Virtual environments: folders with an interpreter and packages of their own (PEP 405)."""
import logging
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import types

CORE_VENV_DEPS = ("pip",)
logger = logging.getLogger(__name__)


class EnvBuilder:
    """Makes virtual environments.

    Its methods are the steps; each gets the context that `ensure_directories` made, so that derived classes can do a
    step in their own way.
    """

    def __init__(self, system_site_packages=False, clear=False, symlinks=False, upgrade=False, with_pip=False,
                 prompt=None, upgrade_deps=False):
        self.system_site_packages = system_site_packages
        self.clear = clear
        self.symlinks = symlinks
        self.upgrade = upgrade
        self.with_pip = with_pip
        self.orig_prompt = prompt
        # A dot stands for the folder's name.
        self.prompt = os.path.basename(os.getcwd()) if prompt == "." else prompt
        self.upgrade_deps = upgrade_deps

    def create(self, env_dir):
        """Makes an environment in a folder."""
        env_dir = os.path.abspath(env_dir)
        context = self.ensure_directories(env_dir)
        # pip must not see the packages of the system while it is installed.
        shared = self.system_site_packages
        self.system_site_packages = False
        self.create_configuration(context)
        self.setup_python(context)
        if self.with_pip:
            self._setup_pip(context)
        if not self.upgrade:
            self.setup_scripts(context)
            self.post_setup(context)
        if shared:
            self.system_site_packages = True
            self.create_configuration(context)
        if self.upgrade_deps:
            self.upgrade_dependencies(context)

    def clear_directory(self, path):
        for name in os.listdir(path):
            name = os.path.join(path, name)
            if os.path.isdir(name) and not os.path.islink(name):
                shutil.rmtree(name)
            else:
                os.remove(name)

    def _venv_path(self, env_dir, name):
        variables = {
            "base": env_dir,
            "platbase": env_dir,
            "installed_base": env_dir,
            "installed_platbase": env_dir,
        }
        return sysconfig.get_path(name, scheme="venv", vars=variables)

    @classmethod
    def _same_path(cls, path1, path2):
        return path1 == path2

    def ensure_directories(self, env_dir):
        """Makes the folders; the context says where they are."""
        if os.pathsep in os.fspath(env_dir):
            raise ValueError(f"Refusing to create a venv in {env_dir} because it contains the PATH separator {os.pathsep}.")
        if os.path.exists(env_dir) and self.clear:
            self.clear_directory(env_dir)
        context = types.SimpleNamespace()
        context.env_dir = env_dir
        context.env_name = os.path.split(env_dir)[1]
        prompt = context.env_name if self.prompt is None else self.prompt
        context.prompt = f"({prompt}) "
        self._make(env_dir)
        executable = sys._base_executable
        if not executable:
            raise ValueError("Unable to determine path to the running Python interpreter. Provide an explicit path or "
                             "check that your PATH environment variable is correctly set.")
        folder, name = os.path.split(os.path.abspath(executable))
        context.executable = executable
        context.python_dir = folder
        context.python_exe = name
        context.inc_path = self._venv_path(env_dir, "include")
        context.lib_path = self._venv_path(env_dir, "purelib")
        context.bin_path = self._venv_path(env_dir, "scripts")
        for path in (context.inc_path, context.lib_path, context.bin_path):
            self._make(path)
        # Where a library for 64 bits is looked for.
        if sys.maxsize > 2**32 and os.name == "posix" and sys.platform != "darwin":
            link = os.path.join(env_dir, "lib64")
            if not os.path.exists(link):
                os.symlink("lib", link)
        context.bin_name = os.path.relpath(context.bin_path, env_dir)
        context.env_exe = os.path.join(context.bin_path, "python")
        context.env_exec_cmd = context.env_exe
        return context

    @staticmethod
    def _make(path):
        if not os.path.exists(path):
            os.makedirs(path)
        elif os.path.islink(path) or os.path.isfile(path):
            raise ValueError("Unable to create directory %r" % path)

    def create_configuration(self, context):
        """Writes pyvenv.cfg, by which the interpreter knows that it is in an environment."""
        context.cfg_path = os.path.join(context.env_dir, "pyvenv.cfg")
        arguments = []
        if self.symlinks:
            arguments.append("--symlinks")
        if not self.with_pip:
            arguments.append("--without-pip")
        if self.system_site_packages:
            arguments.append("--system-site-packages")
        if self.clear:
            arguments.append("--clear")
        if self.upgrade:
            arguments.append("--upgrade")
        if self.upgrade_deps:
            arguments.append("--upgrade-deps")
        if self.orig_prompt is not None:
            arguments.append(f'--prompt="{self.orig_prompt}"')
        arguments.append(context.env_dir)
        lines = {
            "home": context.python_dir,
            "include-system-site-packages": "true" if self.system_site_packages else "false",
            "version": "%d.%d.%d" % sys.version_info[:3],
        }
        if self.prompt is not None:
            lines["prompt"] = repr(self.prompt)
        lines["executable"] = os.path.realpath(sys.executable)
        lines["command"] = f"{sys.executable} -m venv {' '.join(arguments)}"
        with open(context.cfg_path, "w", encoding="utf-8") as f:
            f.writelines(f"{name} = {value}\n" for name, value in lines.items())

    def symlink_or_copy(self, src, dst, relative_symlinks_ok=False):
        """A link to a program, or a copy of it where there are no links."""
        if os.path.lexists(dst):
            return
        try:
            if relative_symlinks_ok:
                os.symlink(os.path.basename(src), dst)
            else:
                os.symlink(src, dst)
        except OSError:
            logger.warning("Unable to symlink %r to %r", src, dst)
            shutil.copyfile(src, dst)
            shutil.copymode(src, dst)

    def setup_python(self, context):
        """Puts the interpreter into the environment, under all its names.

        It is a link even where copies are asked for: the interpreter finds its library from where it really is.
        """
        if self.upgrade and os.path.islink(context.env_exe):
            os.remove(context.env_exe)
        self.symlink_or_copy(context.executable, context.env_exe)
        for name in ("python3", "python3.%d" % sys.version_info[1]):
            path = os.path.join(context.bin_path, name)
            if path != context.env_exe:
                self.symlink_or_copy(context.env_exe, path, relative_symlinks_ok=True)

    def _call_new_python(self, context, *arguments, **options):
        command = [context.env_exec_cmd, *arguments]
        options["env"] = env = os.environ.copy()
        env["VIRTUAL_ENV"] = context.env_dir
        env.pop("PYTHONHOME", None)
        env.pop("PYTHONPATH", None)
        options["cwd"] = context.env_dir
        options["executable"] = context.env_exec_cmd
        subprocess.check_output(command, **options)

    def _setup_pip(self, context):
        self._call_new_python(context, "-m", "ensurepip", "--upgrade", "--default-pip", stderr=subprocess.STDOUT)

    def setup_scripts(self, context):
        """Installs the scripts that activate the environment."""
        path = os.path.join(os.path.abspath(os.path.dirname(__file__)), "scripts")
        self.install_scripts(context, path)

    def post_setup(self, context):
        """For derived classes: what is to come last."""

    def replace_variables(self, text, context):
        """Puts the environment's values for the placeholders into a script."""
        values = {
            "__VENV_DIR__": context.env_dir,
            "__VENV_NAME__": context.env_name,
            "__VENV_PROMPT__": context.prompt,
            "__VENV_BIN_NAME__": context.bin_name,
            "__VENV_PYTHON__": context.env_exe,
        }
        for name, value in values.items():
            text = text.replace(name, value)
        return text

    def _quoted(self, context):
        """The context with values that are words for a shell."""
        quoted = types.SimpleNamespace(**vars(context))
        for name in ("env_dir", "env_name", "prompt", "bin_name", "env_exe"):
            setattr(quoted, name, shlex.quote(getattr(context, name)))
        return quoted

    def install_scripts(self, context, path):
        """Copies the scripts of the folders `common` and of the system's kind below `path`."""
        start = len(path)
        for root, folders, files in os.walk(path):
            if root == path:
                folders[:] = [f for f in folders if f in ("common", os.name)]
                continue
            for name in files:
                source = os.path.join(root, name)
                parts = root[start:].split(os.sep)[2:]
                folder = os.path.join(context.bin_path, *parts)
                os.makedirs(folder, exist_ok=True)
                with open(source, "rb") as f:
                    data = f.read()
                if not source.endswith((".exe", ".pdb")):
                    try:
                        text = data.decode("utf-8")
                        data = self.replace_variables(text, self._quoted(context)).encode("utf-8")
                    except UnicodeError as e:
                        logger.warning("unable to copy script %r, may be binary: %s", source, e)
                        continue
                target = os.path.join(folder, name)
                with open(target, "wb") as f:
                    f.write(data)
                shutil.copymode(source, target)

    def upgrade_dependencies(self, context):
        """Brings pip up to date from the package index."""
        logger.debug("Upgrading %s packages in %s", CORE_VENV_DEPS, context.bin_path)
        self._call_new_python(context, "-m", "pip", "install", "--upgrade", *CORE_VENV_DEPS)


def create(env_dir, system_site_packages=False, clear=False, symlinks=False, with_pip=False, prompt=None,
           upgrade_deps=False):
    """Makes a virtual environment in a folder."""
    EnvBuilder(system_site_packages=system_site_packages, clear=clear, symlinks=symlinks, with_pip=with_pip,
               prompt=prompt, upgrade_deps=upgrade_deps).create(env_dir)


def main(args=None):
    import argparse

    parser = argparse.ArgumentParser(
        prog=__name__,
        description="Creates virtual Python environments in one or more target directories.",
        epilog="Once an environment has been created, you may wish to activate it, e.g. by sourcing an activate "
               "script in its bin directory.",
    )
    parser.add_argument("dirs", metavar="ENV_DIR", nargs="+", help="A directory to create the environment in.")
    parser.add_argument("--system-site-packages", default=False, action="store_true", dest="system_site",
                        help="Give the virtual environment access to the system site-packages dir.")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--symlinks", default=True, action="store_true", dest="symlinks",
                      help="Try to use symlinks rather than copies.")
    kind.add_argument("--copies", default=True, action="store_false", dest="symlinks",
                      help="Try to use copies rather than symlinks.")
    parser.add_argument("--clear", default=False, action="store_true", dest="clear",
                        help="Delete the contents of the environment directory if it already exists.")
    parser.add_argument("--upgrade", default=False, action="store_true", dest="upgrade",
                        help="Upgrade the environment directory to use this version of Python.")
    parser.add_argument("--without-pip", dest="with_pip", default=True, action="store_false",
                        help="Skips installing pip in the virtual environment.")
    parser.add_argument("--prompt", help="Provides an alternative prompt prefix for this environment.")
    parser.add_argument("--upgrade-deps", default=False, action="store_true", dest="upgrade_deps",
                        help=f"Upgrade core dependencies ({', '.join(CORE_VENV_DEPS)}) to the latest version in PyPI")
    options = parser.parse_args(args)
    if options.upgrade and options.clear:
        raise ValueError("you cannot supply --upgrade and --clear together.")
    builder = EnvBuilder(system_site_packages=options.system_site, clear=options.clear, symlinks=options.symlinks,
                         upgrade=options.upgrade, with_pip=options.with_pip, prompt=options.prompt,
                         upgrade_deps=options.upgrade_deps)
    for folder in options.dirs:
        builder.create(folder)


if __name__ == "__main__":
    try:
        main()
    except Exception as e:
        print("Error: %s" % e, file=sys.stderr)
        sys.exit(1)
