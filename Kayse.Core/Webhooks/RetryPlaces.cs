using Kayse.Core.Companies;

namespace Kayse.Core.Webhooks;

/// <summary>
/// The places of attempts that workflows make. They are fewer than the engine's for activities, so that deliveries that only learn that they have to wait on
/// get through, and a firm's other workflows do, however slow its destinations are.
/// </summary>
internal sealed class RetryPlaces
{
    private const int OfACompany = 4;
    private const int OfAll = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<CompanyId, int> _taken = [];
    private int _all;

    public bool TryTake(CompanyId company)
    {
        lock (_gate)
        {
            var taken = _taken.GetValueOrDefault(company);
            if (taken == OfACompany || _all == OfAll)
            {
                return false;
            }

            _taken[company] = taken + 1;
            _all++;
            return true;
        }
    }

    public void GiveBack(CompanyId company)
    {
        lock (_gate)
        {
            _all--;
            if (--_taken[company] == 0)
            {
                _taken.Remove(company);
            }
        }
    }
}
