"""A county turns high two days after a traveller came from it."""


def test_a_traveller_declares_and_lands_over_http(province, document):
    officer = province.staff("arrivals.officer", "14")
    answer = officer.post(
        "/api/arrivals/declarations",
        json={
            "traveller": {"name": "李秀英", "id_number": document(7), "phone": "13800000007"},
            "origin": "140121",
            "left_origin_on": "2022-08-01",
            "expected_on": "2022-08-01",
            "transport": "car",
            "destination": "140105",
        },
    )
    assert answer.status_code == 201, answer.text
    key = answer.json()["journey"]
    landed = officer.post("/api/arrivals/landings", json={"journey": key})
    assert landed.status_code == 201, landed.text
    print(landed.json(), province.turn())
