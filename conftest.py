"""Fixtures of every test: a real PostgreSQL, a fresh database for each module, a server that answers HTTP."""

import os

from yanmen.project import testing

os.environ["DJANGO_SETTINGS_MODULE"] = "yanmen.project.settings"

pytest_configure = testing.configure
pytest_unconfigure = testing.unconfigure
pytest_collection_modifyitems = testing.mark_browser_tests

template_database = testing.template_database
db = testing.db
sweeper = testing.sweeper
clean = testing.clean
fresh_limits = testing.fresh_limits
clock_of_a_module = testing.clock_of_a_module
clock_of_a_test = testing.clock_of_a_test
passwords_cost_nothing = testing.passwords_cost_nothing
passwords_of_a_test = testing.passwords_of_a_test
served_site = testing.served_site
live = testing.live
sign_in = testing.sign_in
browser = testing.browser
