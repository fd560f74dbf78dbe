"""What users of other platforms suffer from (6 to 19), and the tests that say it is not so here."""

from typing import NamedTuple


class Pain(NamedTuple):
    """A pain, its tests, and what of it can not be tested because it is not there yet."""

    what: str
    tests: tuple[str, ...]
    lacking: str = ""


PAINS = {
    6: Pain(
        "customisation is lost on upgrade",
        (
            "builder/test_codec.py::test_every_list_says_how_it_is_merged_and_every_object_is_closed",
            "builder/test_codec.py::test_upgrades_go_hop_by_hop",
            "runtime/test_environments.py::test_what_a_pack_brought_stays_the_packs",
            "runtime/test_publish_packs.py::test_an_upgrade_takes_away_what_the_pack_no_longer_brings",
        ),
        lacking="three-way merge of a pack with local changes, rehearsal of an upgrade on a copy",
    ),
    7: Pain(
        "an upgrade of the platform breaks the installation",
        (
            "store/test_schema.py::test_migrations_make_the_tables_of_the_code",
            "store/test_schema.py::test_migrating_again_changes_nothing",
            "store/test_schema.py::test_a_publication_that_fails_leaves_no_table",
            "runtime/test_pains.py::test_a_database_of_a_newer_version_is_refused_and_left_as_it_is",
        ),
    ),
    8: Pain(
        "there is no safe place to change things",
        (
            "runtime/test_environments.py::test_the_commands_go_from_a_folder_to_an_instance_and_back",
            "runtime/test_revisions.py::test_drafts_of_several_people_are_checked_and_published_together",
            "runtime/test_revisions.py::test_going_back_to_a_revision_keeps_all_data",
        ),
    ),
    9: Pain(
        "export of definitions loses or destroys",
        (
            "builder/test_packs.py::test_export_is_deterministic_and_loads_to_the_same_definitions",
            "runtime/test_environments.py::test_the_same_catalog_gives_the_same_bytes",
            "runtime/test_environments.py::test_without_delete_nothing_is_taken_away",
            "runtime/test_environments.py::test_values_that_do_not_convert_need_their_own_consent",
            "runtime/test_environments.py::test_secrets_are_names_in_the_files",
        ),
    ),
    10: Pain(
        "slow with links and formulas",
        (
            "runtime/test_pains.py::test_a_page_needs_as_many_statements_for_many_rows_as_for_few",
            "runtime/test_reshape.py::test_a_publication_that_others_wait_for_is_over_soon",
        ),
    ),
    11: Pain(
        "rights on rows and fields are absent",
        (
            "permission/test_oracle.py::test_every_decision_is_the_one_the_slow_model_makes",
            "permission/test_oracle.py::test_each_mutant_is_caught",
            "web/test_policies.py::test_a_public_link_is_good_for_three_operations",
        ),
    ),
    12: Pain(
        "scopes along the organisation are wrong",
        (
            "permission/test_oracle.py::test_every_decision_is_the_one_the_slow_model_makes",
            "runtime/test_organisation.py::test_a_transfer_counts_from_midnight_though_nothing_is_written",
            "runtime/test_organisation.py::test_a_circle_of_managers_ends_and_widens_nothing",
        ),
    ),
    13: Pain(
        "side doors leak",
        (
            "permission/test_metamorphic.py::test_other_hidden_values_change_no_byte",
            "runtime/test_pains.py::test_a_picker_offers_only_whom_one_may_see",
            "runtime/test_exchange.py::test_an_export_obeys_the_right_to_export_rows_and_fields",
            "store/test_query.py::test_hidden_fields_are_out_of_reach_on_every_path",
        ),
    ),
    14: Pain(
        "what waits for somebody freezes",
        (
            "runtime/test_leaving.py::test_on_the_day_the_account_is_closed_and_the_tasks_are_the_managers",
            "runtime/test_leaving.py::test_nobody_to_take_over_is_said_before_and_an_incident_after",
        ),
        lacking="approvals: flows are checked and kept, they do not run yet",
    ),
    15: Pain(
        "working days and holidays",
        (
            "runtime/test_decide_calendars.py::test_make_up_days_are_working_days",
            "runtime/test_decide_calendars.py::test_holidays_exchanged_days_and_years_nobody_published",
            "runtime/test_decide_calendars.py::test_deadlines_count_working_time",
        ),
    ),
    16: Pain(
        "a field that goes or gets another name breaks things later",
        (
            "runtime/test_revisions.py::test_every_use_of_a_field_is_listed",
            "runtime/test_reshape.py::test_a_rename_is_a_label_and_no_statement",
            "runtime/test_reshape.py::test_a_hidden_field_keeps_its_values_and_comes_back_with_them",
        ),
    ),
    17: Pain(
        "updates are lost and nothing is undone",
        (
            "store/test_records.py::test_somebody_elses_change_of_the_same_field_is_a_conflict",
            "faults/test_races.py::test_two_edits_on_one_version_conflict_on_the_field_they_share",
            "runtime/test_record_life.py::test_the_trash_shows_who_deleted_what_and_gives_it_back_whole",
            "runtime/test_record_life.py::test_a_bulk_change_is_previewed_done_and_undone",
            "runtime/test_revisions.py::test_a_change_is_undone_by_its_uid_and_only_once",
        ),
    ),
    18: Pain(
        "loops that set themselves off",
        (
            "runtime/test_enabling.py::test_a_chain_that_goes_in_circles_is_cut",
            "builder/test_more_rules.py::test_a_computed_field_through_its_own_entity_is_a_cycle",
        ),
        lacking="a warning at publish about rules that set each other off",
    ),
    19: Pain(
        "dates and time zones are wrong",
        (
            "runtime/test_pains.py::test_today_is_the_day_it_is_here_before_eight_in_the_morning",
            "runtime/test_periods_of_zones.py::test_an_instant_belongs_to_the_day_that_began_last",
            "runtime/test_decide_calendars.py::test_wall_times_that_do_not_exist_and_that_exist_twice",
        ),
    ),
}
