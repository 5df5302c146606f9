def test_the_municipality_has_both_names_and_three_numbers(sample_budget):
    rows = sample_budget.select(
        """PREFIX adms: <http://www.w3.org/ns/adms#>
        PREFIX org: <http://www.w3.org/ns/org#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT ?organization ?name ?identifier ?number WHERE {
          ?organization a org:FormalOrganization ; rdfs:label ?name ; adms:identifier ?identifier .
          ?identifier skos:notation ?number
        }"""
    )
    assert {row["organization"] for row in rows} == {"6114"}
    assert {row["name"] for row in rows} == {"Δήμος Θεσσαλονίκης", "Municipality of Thessaloniki"}
    assert {row["identifier"]: row["number"] for row in rows} == {
        "6114~diavgeia": "6114",
        "6114~vat": "998082845",
        "6114~ypes": "9031",
    }
