"""What staff screens share: sign-in, pages, lists, the person page, charts, the API's door."""
